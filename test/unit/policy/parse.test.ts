import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant, parseUntil } from '../../../src/core/policy/date-and-instant.ts';
import { formatDuration, parseDuration } from '../../../src/core/policy/duration.ts';
import { policyJsonSchema } from '../../../src/core/policy/json-schema.ts';
import { mergePolicy, policyText } from '../../../src/core/policy/merge.ts';
import { defaultPolicy, parsePolicy, parsePolicyNode, policyHashOf } from '../../../src/core/policy/parse.ts';
import { policySchema } from '../../../src/core/policy/schema.ts';
import { openYaml } from '../../../src/core/yaml/document.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const policyOf = (text: string) => {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.policy;
};

describe('a policy file', () => {
  it('may be empty: then the defaults hold', () => {
    expect(policyOf('')).toEqual(defaultPolicy);
    expect(defaultPolicy).toMatchObject({
      mode: 'observe',
      sweep: { everyMs: 5 * minute },
      idle: {
        enabled: true,
        afterMs: hour,
        warnMs: 30 * minute,
        minCoverage: 0.8,
        ingestionDelayMs: 5 * minute,
      },
      limits: { maxStops: 25, maxStopsPercent: 20 },
      maxUptime: null,
      protected: [],
      attachments: { deny: [], duplicate: { AKS: 'report', Databricks: 'report' } },
      platform: { backstopAfterMs: null },
    });
  });

  it('fills in what an entry leaves out', () => {
    const policy = policyOf(`
maxUptime: { after: 5d }
schedules: [ { stop: "19:00" }, { name: late, start: "10:00", keepOn: [2026-12-31, { from: 2026-03-02T08:00:00Z, to: 2026-03-02T10:00:00+01:00 }] } ]
quotas: [ { per: user, cores: 16 } ]
approvals: [ { above: { cores: 8 } } ]
attachments: { deny: [HDInsight, { kind: AKS, region: westus }], duplicate: { Databricks: detachNewer } }
exempt: [ { match: { compute: ci-demo }, until: 2026-03-09 } ]
`);
    expect(policy.maxUptime).toEqual({
      afterMs: 5 * day,
      warnMs: day,
      evenIfUnknown: true,
      evenIfActive: false,
    });
    expect(policy.schedules[0]).toMatchObject({
      name: 'schedule-1',
      match: {},
      zone: 'UTC',
      start: null,
      stop: '19:00',
      warnMs: 30 * minute,
      quietForMs: 15 * minute,
      days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
    });
    expect(policy.schedules[1]?.keepOn).toEqual([
      { date: '2026-12-31' },
      { fromAt: Date.UTC(2026, 2, 2, 8), toAt: Date.UTC(2026, 2, 2, 9) },
    ]);
    expect(policy.quotas[0]).toEqual({
      per: 'user',
      match: {},
      cores: 16,
      instances: null,
      gpus: null,
      moneyPerMonth: null,
      enforcement: 'hard',
      onExceeded: 'block',
    });
    expect(policy.approvals[0]).toMatchObject({ approvers: 1, remindAfterMs: 4 * hour, expiresAfterMs: day });
    expect(policy.attachments.deny).toEqual([
      { kind: 'HDInsight', subscription: null, region: null, localAuth: null },
      { kind: 'AKS', subscription: null, region: ['westus'], localAuth: null },
    ]);
    expect(policy.attachments.duplicate).toMatchObject({ Databricks: 'detachNewer', AKS: 'report' });
    expect(policy.exempt[0]?.until).toBe(Date.UTC(2026, 2, 10));
  });

  it('survives JSON as it is', () => {
    const policy = policyOf('overrides: [ { match: { gpu: true }, idle: { after: 30m }, maxUptime: null } ]');
    expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  });

  it('is named by its text', () => {
    expect(policyHashOf('mode: warn')).toMatch(/^[0-9a-f]{32}$/);
    expect(policyHashOf('mode: warn')).not.toBe(policyHashOf('mode: warn\n'));
  });

  it('never makes the parser throw, whatever YAML it is', () => {
    const keys = [
      ...Object.keys(policySchema.shape),
      'match',
      'after',
      'warn',
      'until',
      'start',
      'stop',
      'compute',
      '__proto__',
    ];
    const leaf = fc.oneof(
      fc.constantFrom<unknown>('1h', '-5m', '*', 'enforce', '2026-01-01', '08:00', null, true, -1, 0, 5, 1e9),
      fc.string(),
      fc.double(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie('tree'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const parsed = parsePolicy(policyText(value));
        const told = parsed.ok ? parsed.policy : parsed.faults;
        expect(JSON.parse(JSON.stringify(told))).toEqual(told);
        expect(parsed.ok || parsed.faults.length > 0).toBe(true);
      }),
      { numRuns: 600 },
    );
  });
});

describe('a policy inside another document', () => {
  it('has its faults at the lines and keys of that document', () => {
    const { document } = openYaml('name: x\npolicy:\n  idle:\n    after: 6m\n  limits: { maxStop: 3 }\n');
    if (document === null) throw new Error('the test text is no YAML');
    const { policy } = document.value as { policy: unknown };
    const parsed = parsePolicyNode(policy, document.locate, ['policy']);
    expect(parsed).toMatchObject({
      ok: false,
      faults: [
        { line: 4, column: 5, key: 'policy.idle.after' },
        { line: 5, column: 13, key: 'policy.limits.maxStop', suggestion: 'maxStops' },
      ],
    });
  });
});

describe('a policy laid over another', () => {
  it('merges mappings deeply and replaces lists and single values', () => {
    const base = {
      mode: 'enforce',
      idle: { after: '60m', warn: '30m' },
      protected: [{ compute: 'a' }],
      maxUptime: { after: '5d' },
    };
    expect(
      mergePolicy(base, { idle: { after: '90m' }, protected: [{ compute: 'b' }], maxUptime: null }),
    ).toEqual({
      mode: 'enforce',
      idle: { after: '90m', warn: '30m' },
      protected: [{ compute: 'b' }],
      maxUptime: null,
    });
    expect(base.idle.after).toBe('60m');
    expect(mergePolicy(undefined, { mode: 'warn' })).toEqual({ mode: 'warn' });
  });

  it('can be written as a file that means the same', () => {
    const plain = {
      mode: 'warn',
      idle: { after: '90m' },
      schedules: [{ start: '08:00', holidays: ['2026-12-25'] }],
    };
    expect(openYaml(policyText(plain)).document?.value).toEqual(plain);
  });
});

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['2h55m', 2 * hour + 55 * minute],
    ['1d2h3m4s', day + 2 * hour + 3 * minute + 4000],
    ['-3h', -3 * hour],
    ['-0s', 0],
    ['0m', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '-', '5', 'm', '5m3h', '1.5h', '5 m', '+5m', '5M', '1h1h', '--1h', '5m\n'])(
    'is not %j',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('is the same after being written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e8, max: 1e8 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000 + 0);
      }),
    );
  });
});

describe('an end', () => {
  it.each([
    ['2026-03-09', Date.UTC(2026, 2, 10)],
    ['2028-02-29', Date.UTC(2028, 2, 1)],
    ['2026-03-09T08:00:00Z', Date.UTC(2026, 2, 9, 8)],
    ['2026-03-09T08:00+02:00', Date.UTC(2026, 2, 9, 6)],
    ['2026-02-29', null],
    ['2026-03-09T25:00:00Z', null],
    ['2026-03-09T08:00:00', null],
  ])('%s is %s', (text, at) => {
    expect(parseUntil(text)).toBe(at);
  });

  it('of an instant needs the instant', () => {
    expect(parseInstant('2026-03-09')).toBeNull();
  });
});

describe('the JSON Schema for editors', () => {
  it('is the one of the program', () => {
    const published: unknown = JSON.parse(
      readFileSync(new URL('../../../docs/policy.schema.json', import.meta.url), 'utf8'),
    );
    expect(published).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
  });
});
