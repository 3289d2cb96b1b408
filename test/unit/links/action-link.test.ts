import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSeal } from '../../../src/adapters/links/hmac-seal.ts';
import { Secret } from '../../../src/config/secret.ts';
import { computeKey, parseComputeRef, parseObjectId } from '../../../src/core/ids.ts';
import {
  type ActionLink,
  linkActionNames,
  linkText,
  parseLinkText,
} from '../../../src/core/links/action-link.ts';

const key = (fill: string): Secret => new Secret(Buffer.alloc(32, fill).toString('base64'));
const ref = parseComputeRef({
  subscription: '34adfa4f-cedf-4dc0-ba29-b6d1a69ab345',
  resourceGroup: 'rg',
  workspace: 'ws-one',
  compute: 'ci-ada',
});
const arbitraryLink: fc.Arbitrary<ActionLink> = fc.record({
  action: fc.constantFrom(...linkActionNames),
  subject: fc.oneof(
    fc.record({ kind: fc.constant('request' as const), requestId: fc.string(), of: fc.option(fc.string()) }),
    fc.record({ kind: fc.constant('compute' as const), ref: fc.constant(ref), of: fc.option(fc.string()) }),
  ),
  person: fc.option(fc.constant(parseObjectId('11111111-1111-1111-1111-111111111111'))),
  expiresAt: fc.integer({ min: 0, max: 4e12 }),
});
const plain = (link: ActionLink) =>
  link.subject.kind === 'compute'
    ? { ...link, subject: { ...link.subject, ref: computeKey(link.subject.ref) } }
    : link;

describe('the text of a link', () => {
  it('gives the same link back, and is the same for the same link', () => {
    fc.assert(
      fc.property(arbitraryLink, (link) => {
        const read = parseLinkText(linkText(link));
        expect(read === null ? null : plain(read)).toEqual(plain(link));
        expect(read === null ? null : linkText(read)).toBe(linkText(link));
      }),
    );
  });

  it.each([
    '',
    '{}',
    'null',
    '[]',
    '{"v":2}',
    '{"v":1,"a":"halt","p":null,"e":1,"r":"x"}',
    '{"v":1,"a":"keep","p":null,"e":1,"c":"/../..","o":null}',
  ])('is refused in another form: %s', (text) => {
    expect(parseLinkText(text)).toBeNull();
  });
});

describe('the seal of a link', () => {
  const seal = hmacSeal([key('a')]);
  const sealed = seal.seal('text') ?? '';

  it('opens to the text, and says nothing of the key', () => {
    expect(seal.open(sealed)).toBe('text');
    expect(sealed).toMatch(/^[\w-]+\.[\w-]{43}$/);
  });

  it('does not open once a single character of it is another', () => {
    const changed = Array.from(sealed).flatMap((_, at) =>
      Array.from('AB.-= ').map((other) => `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`),
    );
    const opened = changed.filter((one) => one !== sealed && seal.open(one) !== null);
    expect(opened).toEqual([]);
  });

  it('does not open what is cut, lengthened, or of another shape', () => {
    fc.assert(fc.property(fc.string({ maxLength: 3000 }), (text) => seal.open(text) === null));
    expect(seal.open(sealed.slice(0, -1))).toBeNull();
    expect(seal.open(`${sealed}A`)).toBeNull();
    expect(seal.open(`${sealed}.${sealed}`)).toBeNull();
    expect(seal.open(`.${sealed.split('.')[1] ?? ''}`)).toBeNull();
    expect(seal.open(`${'A'.repeat(5000)}.${sealed.split('.')[1] ?? ''}`)).toBeNull();
  });

  it('opens under the key before while that is kept, and seals with the current one', () => {
    const changed = hmacSeal([key('b'), key('a')]);
    expect(changed.open(sealed)).toBe('text');
    expect(changed.seal('text')).toBe(hmacSeal([key('b')]).seal('text'));
    expect(hmacSeal([key('b')]).open(sealed)).toBeNull();
  });

  it('is not made without a key, and nothing opens', () => {
    expect(hmacSeal([]).seal('text')).toBeNull();
    expect(hmacSeal([]).open(sealed)).toBeNull();
  });
});
