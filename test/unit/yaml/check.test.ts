import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkValue } from '../../../src/core/yaml/check.ts';
import { openYaml } from '../../../src/core/yaml/document.ts';
import { faultLine } from '../../../src/core/yaml/fault.ts';
import { nearestWord } from '../../../src/core/yaml/nearest.ts';

const schema = z.strictObject({
  name: z.string(),
  size: z.int({ error: 'a whole number' }).min(1, { error: 'a whole number of at least 1' }).optional(),
  color: z.enum(['red', 'green']).optional(),
  either: z
    .union([z.string(), z.strictObject({ from: z.number() })], { error: 'a text or { from }' })
    .optional(),
  list: z.array(z.strictObject({ word: z.string() })).optional(),
});

function linesOf(text: string): string[] {
  const { document } = openYaml(text);
  if (document === null) throw new Error('the test text is no YAML');
  const checked = checkValue(schema, document.value, document.locate);
  return checked.ok ? [] : checked.faults.map((fault) => faultLine('f.yaml', fault));
}

describe('a fault', () => {
  it.each([
    ['size: 1', 'f.yaml:1:1 name: found nothing, expected a text (in quotes if it looks like a number)'],
    ['name: 7', 'f.yaml:1:7 name: found 7, expected a text (in quotes if it looks like a number)'],
    ['name: a\nsize: 1.5', 'f.yaml:2:7 size: found 1.5, expected a whole number'],
    ['name: a\nsize: 0', 'f.yaml:2:7 size: found 0, expected a whole number of at least 1'],
    ['name: a\ncolor: gren', 'f.yaml:2:8 color: found "gren", expected red | green Did you mean "green"?'],
    [
      'name: a\nsiez: 3',
      'f.yaml:2:1 siez: unknown key "siez", expected one of name, size, color, either, list Did you mean "size"?',
    ],
    ['name: a\neither: 3', 'f.yaml:2:9 either: found 3, expected a text or { from }'],
    ['name: a\neither: {from: x}', 'f.yaml:2:16 either.from: found "x", expected a number'],
    ['name: a\neither: {form: 1}', 'f.yaml:2:9 either.from: found nothing, expected a number'],
    ['name: a\nlist: [{word: a}, 3]', 'f.yaml:2:19 list[1]: found 3, expected a mapping (key: value)'],
    ['name: a\nlist: {}', 'f.yaml:2:7 list: found a mapping, expected a list'],
  ])('in %j reads: %s', (text, line) => {
    expect(linesOf(text)).toContain(line);
  });

  it('never comes alone: all of a text are told at once', () => {
    expect(linesOf('nam: a\nsize: x\ncolor: blue\nlist: [{}, {word: 2}]')).toHaveLength(6);
  });

  it('does not show the whole of a long text', () => {
    expect(linesOf(`name: a\nsize: ${'x'.repeat(500)}`)[0]?.length).toBeLessThan(140);
  });

  it('is found for names that objects have by nature, too', () => {
    expect(linesOf('name: a\n__proto__: {x: 1}\nconstructor: 1')).toEqual([
      expect.stringContaining('unknown key "__proto__"'),
      expect.stringContaining('unknown key "constructor"'),
    ]);
  });
});

describe('the nearest word', () => {
  it.each([
    ['afer', 'after'],
    ['AFTER', 'after'],
    ['wran', 'warn'],
    ['zzz', undefined],
    ['', undefined],
  ])('to %j is %j', (found, nearest) => {
    expect(nearestWord(found, ['after', 'warn', 'enabled'])).toBe(nearest);
  });
});
