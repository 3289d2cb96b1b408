import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openYaml } from '../../../src/core/yaml/document.ts';

const faultOf = (text: string) => openYaml(text).faults[0];

describe('a YAML text', () => {
  it('is plain data with the place of every key and value', () => {
    const { document, faults } = openYaml('a: 1\nb:\n  - c: {d: x}\n');
    expect(faults).toEqual([]);
    expect(document?.value).toEqual({ a: 1, b: [{ c: { d: 'x' } }] });
    expect(document?.locate(['b', 0, 'c', 'd'], 'key')).toEqual({ line: 3, column: 9 });
    expect(document?.locate(['b', 0, 'c', 'd'], 'value')).toEqual({ line: 3, column: 12 });
  });

  it('places what is not there at the nearest part that is', () => {
    const { document } = openYaml('a: 1\nb:\n  - c: 1\n');
    expect(document?.locate(['b', 0, 'name'], 'value')).toEqual({ line: 3, column: 5 });
    expect(document?.locate(['b', 7, 'name'], 'value')).toEqual({ line: 3, column: 3 });
    expect(document?.locate(['z', 'y'], 'key')).toEqual({ line: 1, column: 1 });
  });

  it('finds places through an alias where its text stands', () => {
    const { document } = openYaml('a: &x\n  b: 1\nc: *x\n');
    expect(document?.value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(document?.locate(['c', 'b'], 'value')).toEqual({ line: 2, column: 6 });
  });

  it('may be empty', () => {
    expect(openYaml('')).toMatchObject({ document: { value: null }, faults: [] });
    expect(openYaml('# only a word\n')).toMatchObject({ document: { value: null }, faults: [] });
  });

  it.each([
    ['08:00', '08:00'],
    ['2026-12-25', '2026-12-25'],
    ['yes', 'yes'],
    ['nan', 'nan'],
    ['0x10', 16],
  ])('reads %s by the rules of YAML 1.2', (text, value) => {
    expect(openYaml(`k: ${text}`).document?.value).toEqual({ k: value });
  });

  it('with a key twice is a fault at the second, and is read all the same', () => {
    const opened = openYaml('a: 1\nb: 2\na: 3\n');
    expect(opened.faults).toEqual([
      { line: 3, column: 1, key: '', message: 'the key is there twice, expected each key once' },
    ]);
    expect(opened.document).not.toBeNull();
  });

  it.each([
    ['a:\n\tb: 1\n', 2, /a tab, expected spaces/],
    ['a: 1\n---\nb: 2\n', 2, /second document/],
    ['a: [1, 2\nb: 3\n', 2, /not YAML as it can be read/],
    ['a: *nowhere\n', 1, /alias/],
    ['a: !!js/function "x"\n', 1, /not YAML as it can be read/],
    ['%YAML 1.1\n---\na: yes\n', 1, /%YAML 1\.1, expected YAML 1\.2/],
  ])('%j is refused at line %i', (text, line, message) => {
    expect(faultOf(text)).toMatchObject({ line, message: expect.stringMatching(message) as string });
  });

  it('that grows without end when its aliases are expanded is refused', () => {
    const levels = Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
    const { document, faults } = openYaml(['a0: &a0 [x]', ...levels].join('\n'));
    expect(document).toBeNull();
    expect(faults[0]?.message).toMatch(/alias/);
  });

  it('that contains itself is refused', () => {
    expect(openYaml('a: &a [*a]\n').document).toBeNull();
  });

  it('nested by the thousand is refused, not fatal', () => {
    expect(openYaml('['.repeat(50_000)).document).toBeNull();
    expect(openYaml(`a: ${'['.repeat(500)}${']'.repeat(500)}`).faults[0]?.message).toMatch(
      /nested too deeply/,
    );
  });

  it('that is far too long is refused', () => {
    expect(faultOf(`a: ${'x'.repeat(5 * 1024 * 1024)}`)?.message).toMatch(/too long/);
  });

  it('never throws, whatever it is', () => {
    const yamlish = fc.string({
      unit: fc.constantFrom(...'ab:-?[]{},&*!|>%@`"\'#\n \t\\0~<.'.split('')),
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary' })), (text) => {
        const { document, faults } = openYaml(text);
        expect(document !== null || faults.length > 0).toBe(true);
        for (const fault of faults) expect(fault.line).toBeGreaterThan(0);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('a text that is no YAML at all', () => {
  it('names the first slips and counts the rest, which they drag behind them', () => {
    const opened = openYaml(`# a page\n\nsome: [ prose: with "marks": { ] }\n${'- x: y: z\n'.repeat(50)}`);

    expect(opened.document).toBeNull();
    expect(opened.faults).toHaveLength(6);
    expect(opened.faults.at(-1)?.message).toMatch(/^and \d+ more of the kind/);
  });
});
