import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parsePolicy } from '../../../src/core/policy/parse.ts';

/** Everything that a policy may say, once, so that pieces of it can be broken. */
const whole = readFileSync('infra/lamplighter.yaml', 'utf8');
const full = `version: 1
mode: observe
sweep: { every: 5m }
idle: { enabled: true, after: 60m, warn: 30m, cpuBelow: 5, minCoverage: 0.8, evidence: metrics, maxSnooze: 24h }
job: { stalledAfter: 72h, gpuIdleAfter: 6h }
teams: { vision: { group: 6f1c2a34-0000-4000-8000-000000000001 } }
limits: { maxStops: 25, maxStopsPercent: 20 }
maxUptime: { after: 5d, warn: 24h, evenIfUnknown: true, evenIfActive: false }
protected: [ { compute: ci-prod* }, { tag: { keep: 'y*' } } ]
exempt: [ { match: { compute: ci-demo }, until: 2026-03-09, why: customer demo } ]
overrides:
  - { match: { gpu: true }, idle: { after: 30m } }
schedules:
  - { name: office, match: { team: vision }, zone: Europe/Berlin, days: [Mon], start: "08:00", stop: "19:00",
      holidays: [2026-12-25], keepOn: [2026-12-31, { from: 2026-03-02T08:00:00Z, to: 2026-03-03T08:00:00Z }] }
quotas:
  - { per: user, cores: 16, instances: 2, gpus: 1 }
  - { per: team, moneyPerMonth: 4000, onExceeded: stop }
sizes: { allow: [Standard_D*], deny: [Standard_NC24rs_v3], isolated: allow }
approvals: [ { match: { gpu: true }, above: { pricePerHour: 1.5 }, approvers: 1 } ]
network: { ssh: allow, publicIp: allow, subnet: optional }
attachments: { deny: [HDInsight, { kind: AKS, region: westus }], duplicate: report }
clusters: { maxMinNodes: 0, maxScaleDownAfter: 30m, remedy: report }
platform: { idleShutdown: { backstopAfter: 30h } }
`;

/** What is wrong with the answer to a text: a fault without a word, or without a place in it. */
function wrongWith(text: string): readonly unknown[] {
  const parsed = parsePolicy(text);
  if (!parsed.ok && parsed.faults.length === 0) return ['refused without a fault'];
  const lines = text.split(/\r\n|\n|\r/).length;
  return (parsed.ok ? parsed.warnings : parsed.faults).filter(
    ({ message, key, line }) => message === '' || typeof key !== 'string' || !(line >= 1) || line > lines + 1,
  );
}

const keys = [...new Set(full.match(/[A-Za-z]+(?=:)/g) ?? [])];
const scalars = fc.oneof(
  fc.constantFrom('60m', '-5m', '1e9d', '2026-02-30', '25:00', 'Europe/Berlyn', '*', '', 'null', '__proto__'),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 20 }),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string({ maxLength: 12 })), tie('tree'), {
      maxKeys: 5,
    }),
  ),
}));

describe('whatever stands in a policy file', () => {
  it('is read without a fault where it is right', () => {
    for (const text of [full, whole, '', '\n', '# nothing\n', '---\n']) {
      expect(parsePolicy(text)).toMatchObject({ ok: true });
    }
  });

  it('is answered with faults that have a place, if any text at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(wrongWith(text)).toEqual([]);
      }),
    );
  });

  it('is answered so if it is YAML of any shape under the known keys', () => {
    const sections = fc.dictionary(fc.constantFrom(...keys), tree, { maxKeys: 6 });
    fc.assert(
      fc.property(fc.oneof(sections, tree), (value) => {
        expect(wrongWith(stringify(value) ?? '')).toEqual([]);
        expect(wrongWith(JSON.stringify(value) ?? '')).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  it('is answered so if a good file is cut, doubled, or has a piece replaced', () => {
    const place = fc.nat({ max: full.length });
    const piece = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '\n',
        '\t',
        ':',
        '-',
        '{',
        '}',
        '[',
        ']',
        '"',
        "'",
        '&a',
        '*a',
        '!!map',
        '|',
        '>',
        '%',
      ),
      fc.string({ maxLength: 8 }),
      fc.constantFrom(...keys),
    );
    fc.assert(
      fc.property(place, fc.nat({ max: 40 }), piece, (at, length, text) => {
        expect(wrongWith(full.slice(0, at) + text + full.slice(at + length))).toEqual([]);
        expect(wrongWith(full.slice(0, at))).toEqual([]);
        expect(wrongWith(full.slice(at) + text + full.slice(0, at))).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  it.each([
    ['aliases that grow without end', 'a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nprotected: [*c]\n'],
    ['an alias of itself', 'protected: &p [ *p ]\n'],
    ['keys of every object', '__proto__: { mode: enforce }\nconstructor: 1\ntoString: x\n'],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['ten thousand levels of mappings', 'a: {'.repeat(10_000)],
    ['a very long line', `protected: [ { compute: "${'*a'.repeat(20_000)}" } ]`],
    ['several documents', 'mode: observe\n---\nmode: enforce\n'],
    ['tags of a language', 'mode: !!js/function "function () {}"\n'],
    ['a byte order mark', '\uFEFFmode: observe\n'],
    [
      'holidays that are no days',
      'schedules: [ { stop: "19:00", holidays: [2026-02-30, soon, 7, null] } ]\n',
    ],
  ])('is answered so if it holds %s', (_, text) => {
    expect(wrongWith(text)).toEqual([]);
  });
});
