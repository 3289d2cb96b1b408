import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canActOn } from '../../../src/core/policy/can-act-on.ts';
import { describeMatch } from '../../../src/core/policy/describe-match.ts';
import { globMatches } from '../../../src/core/policy/glob.ts';
import { matching } from '../../../src/core/policy/match.ts';
import { parsePolicy, policyHashOf } from '../../../src/core/policy/parse.ts';
import { policyFor, resourceRulesFor } from '../../../src/core/policy/policy-for.ts';
import type { PolicySubject } from '../../../src/core/policy/subject.ts';
import type { Match } from '../../../src/core/policy/types.ts';

const subject: PolicySubject = {
  subscription: ['34adfa4f-cedf-4dc0-ba29-b6d1a69ab345', 'Research'],
  workspace: 'lab-one',
  compute: 'ci-ada',
  kind: 'ComputeInstance',
  user: ['6f1c2a34-0000-4000-8000-000000000001', 'ada@contoso.example', 'Ada'],
  teams: ['vision', 'audio'],
  vmSize: 'Standard_NC24rs_v3',
  family: 'standardNCSv3Family',
  gpu: true,
  tags: { Env: 'prod' },
};
const at = Date.UTC(2026, 2, 5, 12);

const forText = (text: string, over: Partial<PolicySubject> = {}, when = at) => {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return policyFor(parsed.policy, policyHashOf(text), { ...subject, ...over }, when);
};

describe('a match', () => {
  it.each<[Match, PolicySubject | Partial<PolicySubject>, string]>([
    [{}, {}, 'yes'],
    [{ compute: ['CI-*'] }, {}, 'yes'],
    [{ compute: ['ci-bob', 'ci-ada'] }, {}, 'yes'],
    [{ compute: ['ci-'] }, {}, 'no'],
    [{ compute: ['ci-*'], workspace: ['prod'] }, {}, 'no'],
    [{ subscription: ['research'] }, {}, 'yes'],
    [{ subscription: ['34ADFA4F-*'] }, {}, 'yes'],
    [{ user: ['ada'] }, {}, 'yes'],
    [{ user: ['ada@*'] }, {}, 'yes'],
    [{ user: ['ada'] }, { user: [] }, 'no'],
    [{ user: ['ada'] }, { user: null }, 'unknown'],
    [{ user: ['*'] }, { user: null }, 'yes'],
    [{ team: ['AUDIO'] }, {}, 'yes'],
    [{ team: ['audio'] }, { teams: null }, 'unknown'],
    [{ series: ['NCv3'] }, {}, 'yes'],
    [{ series: ['NCsv3'] }, {}, 'yes'],
    [{ series: ['NC'] }, {}, 'no'],
    [{ vmSize: ['standard_nc*'] }, {}, 'yes'],
    [{ vmSize: ['standard_nc*'] }, { vmSize: null }, 'unknown'],
    [{ family: ['*NCSv3*'] }, { family: null }, 'unknown'],
    [{ gpu: true }, {}, 'yes'],
    [{ gpu: false }, {}, 'no'],
    [{ gpu: true }, { gpu: null }, 'unknown'],
    [{ gpu: false }, { gpu: null }, 'unknown'],
    [{ gpu: true, compute: ['ci-bob'] }, { gpu: null }, 'no'],
    [{ gpu: true }, { gpu: null, vmSize: null, kind: 'Databricks' }, 'no'],
    [{ vmSize: ['*D*'] }, { vmSize: null, kind: 'aks' }, 'no'],
    [{ tag: { env: ['PROD', 'test'] } }, {}, 'yes'],
    [{ tag: { env: ['prod'], owner: ['*'] } }, {}, 'no'],
    [{ tag: { env: ['prod'] } }, { tags: null }, 'unknown'],
  ])('%j on %j: %s', (match, over, result) => {
    expect(matching(match, { ...subject, ...over })).toBe(result);
  });

  it('is said in words', () => {
    expect(
      describeMatch({ compute: ['ci-prod*'], team: ['vision', 'audio'], gpu: true, tag: { env: ['p*'] } }),
    ).toBe('compute ci-prod*, team vision or audio, with GPU, tag env p*');
    expect(describeMatch({})).toBe('everything');
  });
});

describe('a pattern', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'B', 'c', '.', '-', '*'), maxLength: 12 });

  it('holds as the same pattern in regular expressions holds, in any casing', () => {
    fc.assert(
      fc.property(word, word, (glob, text) => {
        const safe = glob.replaceAll('.', String.raw`\.`).replaceAll('*', '[^]*');
        expect(globMatches(glob, text)).toBe(new RegExp(`^${safe}$`, 'i').test(text));
        expect(globMatches(glob.toUpperCase(), text)).toBe(globMatches(glob, text.toUpperCase()));
      }),
      { numRuns: 2000 },
    );
  });

  it('with many stars takes no long time', () => {
    expect(globMatches('*a'.repeat(50), 'b'.repeat(2000))).toBe(false);
  });
});

describe('what applies to a compute', () => {
  it('is the policy where no override holds', () => {
    expect(forText('mode: warn\noverrides: [ { match: { gpu: false }, mode: enforce } ]')).toMatchObject({
      mode: 'warn',
      idle: { afterMs: 3_600_000 },
      maxUptime: null,
      protectedBy: null,
      exemption: null,
      policyHash: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
  });

  it('comes from the overrides in their order, each changing only what it names', () => {
    const applied = forText(`
mode: enforce
overrides:
  - { match: { gpu: true }, mode: warn, idle: { after: 30m, warn: 10m } }
  - { match: { workspace: lab-* }, idle: { after: 45m }, maxUptime: { after: 3d } }
  - { match: { workspace: prod-* }, mode: off }
  - { match: { compute: ci-ada }, maxUptime: { evenIfUnknown: false } }
`);
    expect(applied).toMatchObject({
      mode: 'warn',
      idle: { afterMs: 45 * 60_000, warnMs: 600_000, cpuBelow: 5 },
      maxUptime: { afterMs: 3 * 86_400_000, warnMs: 86_400_000, evenIfUnknown: false },
    });
  });

  it('is the last of several overrides that name the same', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 10, max: 500 }), { minLength: 1, maxLength: 6 }), (minutes) => {
        const lines = minutes.map((m) => `  - { match: { compute: ci-* }, idle: { after: ${m}m } }`);
        expect(forText(['overrides:', ...lines].join('\n')).idle.afterMs).toBe(
          (minutes.at(-1) ?? 0) * 60_000,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('can have its maximum uptime taken away', () => {
    const text = 'maxUptime: { after: 5d }\noverrides: [ { match: { team: vision }, maxUptime: null } ]';
    expect(forText(text).maxUptime).toBeNull();
    expect(forText(text, { teams: [] }).maxUptime).not.toBeNull();
  });

  it('is the more careful mode while it is not known whether an override holds', () => {
    const careful = 'mode: enforce\noverrides: [ { match: { gpu: true }, mode: observe } ]';
    const bold = 'mode: observe\noverrides: [ { match: { gpu: true }, mode: enforce } ]';
    expect(forText(careful, { gpu: null }).mode).toBe('observe');
    expect(forText(bold, { gpu: null }).mode).toBe('observe');
  });

  it('is not a shorter limit while it is not known whether that override holds', () => {
    const text = 'overrides: [ { match: { gpu: true }, idle: { after: 30m } } ]';
    expect(forText(text, { gpu: null }).idle.afterMs).toBe(3_600_000);
  });

  it('protects with the match in words, also where a fact it asks for is unknown', () => {
    const text = 'protected: [ { compute: ci-prod* }, { user: ada, tag: { keep: "*" } } ]';
    expect(forText(text).protectedBy).toBeNull();
    expect(forText(text, { compute: 'CI-PROD7' }).protectedBy).toBe('compute ci-prod*');
    expect(forText(text, { tags: { keep: 'yes' } }).protectedBy).toBe('user ada, tag keep *');
    expect(forText(text, { user: null, tags: { keep: 'yes' } }).protectedBy).toBe('user ada, tag keep *');
  });

  it('has the exemption that ends last, until that very moment', () => {
    const text = `
exempt:
  - { match: { compute: ci-ada }, until: 2026-03-09, why: customer demo }
  - { match: { team: audio }, until: 2026-03-07T09:00:00Z }
`;
    const end = Date.UTC(2026, 2, 10);
    expect(forText(text).exemption).toEqual({ until: end, why: 'customer demo' });
    expect(forText(text, { compute: 'ci-bob' }).exemption).toEqual({
      until: Date.UTC(2026, 2, 7, 9),
      why: null,
    });
    expect(forText(text, {}, end - 1).exemption).not.toBeNull();
    expect(forText(text, {}, end).exemption).toBeNull();
  });

  it('names sizes and network, overridden key by key', () => {
    const parsed = parsePolicy(`
sizes: { allow: [Standard_D*], isolated: deny }
overrides:
  - { match: { team: vision }, sizes: { allow: [Standard_NC*] }, network: { ssh: deny } }
`);
    expect(parsed.ok && resourceRulesFor(parsed.policy, subject)).toEqual({
      sizes: { allow: ['Standard_NC*'], deny: [], isolated: 'deny' },
      network: { ssh: 'deny', publicIp: 'allow', subnet: 'optional' },
    });
  });
});

const can = (text: string, workspace = 'lab-one') => {
  const parsed = parsePolicy(text);
  return parsed.ok && canActOn(parsed.policy, { subscription: ['sub1'], workspace });
};

describe('a workspace is left unread', () => {
  it.each([
    ['mode: off', 'lab-one', false],
    ['mode: observe', 'lab-one', true],
    ['mode: off\noverrides: [ { match: { compute: ci-a }, mode: warn } ]', 'lab-one', true],
    ['mode: off\noverrides: [ { match: { workspace: prod }, mode: warn } ]', 'lab-one', false],
    ['mode: off\noverrides: [ { match: { workspace: prod, gpu: true }, mode: warn } ]', 'prod', true],
    ['mode: off\noverrides: [ { match: { subscription: sub2 }, mode: warn } ]', 'lab-one', false],
    ['overrides: [ { match: { workspace: lab-* }, mode: off } ]', 'lab-one', false],
    ['overrides: [ { match: { workspace: lab-* }, mode: off } ]', 'prod', true],
    ['overrides: [ { match: { workspace: lab-*, gpu: true }, mode: off } ]', 'lab-one', true],
    [
      'overrides: [ { match: { team: a }, mode: warn }, { match: { compute: "*" }, mode: off } ]',
      'lab-one',
      false,
    ],
  ])('only if nothing in it could be acted on: %j, %s: %s', (text, workspace, expected) => {
    expect(can(text, workspace)).toBe(expected);
  });
});
