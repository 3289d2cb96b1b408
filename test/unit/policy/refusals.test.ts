import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../src/core/policy/parse.ts';

type Row = readonly [text: string, line: number, key: string, message: RegExp, suggestion?: string];

const kinds = /no kind of compute/;

/** One row per refusal: the text, and where and how it must be said. */
const rows: readonly Row[] = [
  // Keys and single values
  ['version: 2', 1, 'version', /found 2, expected 1/],
  ['mode: enforced', 1, 'mode', /expected off \| observe \| warn \| enforce/, 'enforce'],
  ['mode: on', 1, 'mode', /found "on"/],
  ['mode: warn\nidel: {}', 2, 'idel', /unknown key "idel"/, 'idle'],
  ['idle:\n  after: 60m\n  aftr: 1h', 3, 'idle.aftr', /unknown key/, 'after'],
  ['idle: 60m', 1, 'idle', /found "60m", expected a mapping/],
  ['idle:', 1, 'idle', /found nothing, expected a mapping/],
  ['idle: { after: 60 }', 1, 'idle.after', /found 60, expected a duration/],
  ['idle: { after: 1.5h }', 1, 'idle.after', /found "1.5h", expected a duration/],
  ['idle: { after: 60 m }', 1, 'idle.after', /expected a duration/],
  ['idle: { after: 30s }', 1, 'idle.after', /at least 1m/],
  ['idle: { warn: -5m }', 1, 'idle.warn', /not negative/],
  ['idle: { cpuBelow: -1 }', 1, 'idle.cpuBelow', /found -1, expected percent/],
  ['idle: { cpuBelow: 101 }', 1, 'idle.cpuBelow', /0 to 100/],
  ['idle: { cpuBelow: .nan }', 1, 'idle.cpuBelow', /expected percent/],
  ['idle: { networkBelow: -0.1 }', 1, 'idle.networkBelow', /not negative/],
  ['idle: { minCoverage: 0 }', 1, 'idle.minCoverage', /above 0/],
  ['idle: { minCoverage: 1.2 }', 1, 'idle.minCoverage', /at most 1/],
  ['idle: { noiseUpTo: 0.5 }', 1, 'idle.noiseUpTo', /at least 1/],
  ['idle: { evidence: metric }', 1, 'idle.evidence', /metrics \| session \| both/, 'metrics'],
  ['idle: { enabled: "no" }', 1, 'idle.enabled', /found "no", expected true or false/],
  ['sweep: { every: 90s }', 1, 'sweep.every', /whole minutes/],
  ['sweep: { every: 0m }', 1, 'sweep.every', /above zero/],
  ['limits: { maxStops: 2.5 }', 1, 'limits.maxStops', /whole number/],
  ['limits: { maxStopsPercent: 120 }', 1, 'limits.maxStopsPercent', /0 to 100/],
  ['regret: { maxPercent: -2 }', 1, 'regret.maxPercent', /percent/],
  ['teams: { vision: { group: vision-team } }', 1, 'teams.vision.group', /GUID/],
  ['maxUptime: { warn: 3h }', 1, 'maxUptime.after', /found nothing/],
  ['maxUptime: 5d', 1, 'maxUptime', /found "5d", expected a mapping/],
  ['exempt: [ { match: { compute: a } } ]', 1, 'exempt[0].until', /found nothing, expected a date/],
  ['exempt: [ { match: { compute: a }, until: 2026-02-30 } ]', 1, 'exempt[0].until', /expected a date/],
  ['exempt: [ { match: { compute: a }, until: 2026-03-02T08:00:00 } ]', 1, 'exempt[0].until', /instant/],
  [
    'exempt: [ { match: { compute: a }, until: 2026-03-09, wy: x } ]',
    1,
    'exempt[0].wy',
    /unknown key/,
    'why',
  ],
  // Matches
  ['protected: { compute: a }', 1, 'protected', /expected a list/],
  ['protected: [ {} ]', 1, 'protected[0]', /at least one key/],
  ['protected: [ { computes: a } ]', 1, 'protected[0].computes', /unknown key "computes"/, 'compute'],
  ['protected: [ { compute: "" } ]', 1, 'protected[0].compute', /pattern/],
  ['protected: [ { compute: [] } ]', 1, 'protected[0].compute', /at least one pattern/],
  ['protected: [ { compute: [a, 7] } ]', 1, 'protected[0].compute[1]', /found 7/],
  ['protected: [ { gpu: some } ]', 1, 'protected[0].gpu', /true or false/],
  ['protected: [ { tag: {} } ]', 1, 'protected[0].tag', /tag name/],
  ['exempt: [ { until: 2026-03-09 } ]', 1, 'exempt[0].match', /found nothing, expected a mapping/],
  ['exempt: [ { match: {}, until: 2026-03-09 } ]', 1, 'exempt[0].match', /at least one key/],
  ['overrides: [ { mode: observe } ]', 1, 'overrides[0].match', /found nothing/],
  ['overrides: [ { match: {}, mode: observe } ]', 1, 'overrides[0].match', /at least one key/],
  ['overrides: [ { match: { gpu: true }, limits: {} } ]', 1, 'overrides[0].limits', /unknown key/],
  ['protected: [ { kind: AKX } ]', 1, 'protected[0].kind', kinds, 'AKS'],
  ['protected:\n- kind: [AKS,\n    Spark*]', 3, 'protected[0].kind[1]', kinds],
  ['protected: [ { kind: AKS, gpu: true } ]', 1, 'protected[0].gpu', /never hold/],
  ['protected: [ { kind: Data*, vmSize: "*" } ]', 1, 'protected[0].vmSize', /never hold/],
  ['protected: [ { gpu: false, series: NCv3 } ]', 1, 'protected[0].gpu', /NCv3 has GPU/],
  ['protected: [ { gpu: true, vmSize: [Standard_D*, Standard_E*] } ]', 1, 'protected[0].gpu', /has no GPU/],
  [
    'quotas: [ { per: user, cores: 1, match: { vmSize: Standard_D*, series: NC } } ]',
    1,
    'quotas[0].match.series',
    /exclude/,
  ],
  ['protected: [ { vmSize: Standard_DS3_v2, series: DSv3 } ]', 1, 'protected[0].series', /is of series DSv2/],
  [
    'quotas: [ { per: family, cores: 8, match: { family: standardDSv2Famly } } ]',
    1,
    'quotas[0].match.family',
    /no VM family/,
    'standardDSv2Family',
  ],
  [
    'protected: [ { family: [standardNCv3Family, DSv2] } ]',
    1,
    'protected[0].family[1]',
    /no VM family/,
    'standardDSv2Family',
  ],
  // Schedules
  ['schedules: [ { zone: Europe/Berlyn, stop: "19:00" } ]', 1, 'schedules[0].zone', /IANA/, 'Europe/Berlin'],
  ['schedules: [ { zone: "+02:00", stop: "19:00" } ]', 1, 'schedules[0].zone', /IANA/],
  ['schedules: [ { days: [Mon, Tusday], stop: "19:00" } ]', 1, 'schedules[0].days[1]', /Mon \| Tue/],
  ['schedules: [ { days: [], stop: "19:00" } ]', 1, 'schedules[0].days', /at least one of Mon/],
  ['schedules: [ { start: "8:00" } ]', 1, 'schedules[0].start', /time of day/],
  ['schedules: [ { stop: "24:00" } ]', 1, 'schedules[0].stop', /time of day/],
  ['schedules: [ { stop: 1900 } ]', 1, 'schedules[0].stop', /found 1900/],
  ['schedules: [ { stop: "19:00", warn: 25h } ]', 1, 'schedules[0].warn', /at most 24h/],
  ['schedules: [ { stop: "19:00", quietFor: 0m } ]', 1, 'schedules[0].quietFor', /at least 1m/],
  [
    'schedules: [ { stop: "19:00", holidays: [2026-13-01] } ]',
    1,
    'schedules[0].holidays[0]',
    /day that exists/,
  ],
  ['schedules: [ { stop: "19:00", holidays: [25.12.] } ]', 1, 'schedules[0].holidays[0]', /a date such as/],
  ['schedules: [ { stop: "19:00", keepOn: [tomorrow] } ]', 1, 'schedules[0].keepOn[0]', /a date such as/],
  [
    'schedules: [ { stop: "19:00", keepOn: [ { from: 2026-03-02T08:00:00Z, to: 2026-03-01T08:00:00Z } ] } ]',
    1,
    'schedules[0].keepOn[0].to',
    /ends before it begins/,
  ],
  ['schedules:\n- { zone: UTC }', 2, 'schedules[0]', /neither start nor stop/],
  ['schedules:\n- start: "08:00"\n  stop: "08:00"', 3, 'schedules[0].stop', /both "08:00"/],
  [
    'schedules: [ { name: a, stop: "19:00" }, { name: a, stop: "20:00" } ]',
    1,
    'schedules[1].name',
    /each name once/,
  ],
  // Quotas, sizes, approvals, the rest
  ['quotas: [ { cores: 5 } ]', 1, 'quotas[0].per', /found nothing, expected user \| team/],
  ['quotas: [ { per: users, cores: 5 } ]', 1, 'quotas[0].per', /user \| team/, 'user'],
  ['quotas: [ { per: user } ]', 1, 'quotas[0]', /found no limit/],
  ['quotas: [ { per: user, cores: -5 } ]', 1, 'quotas[0].cores', /not negative/],
  ['quotas: [ { per: user, moneyPerMonth: -5 } ]', 1, 'quotas[0].moneyPerMonth', /not negative/],
  ['sizes: { allow: Standard_D* }', 1, 'sizes.allow', /expected a list of patterns/],
  ['sizes: { isolated: never }', 1, 'sizes.isolated', /allow \| deny \| require/],
  ['approvals: [ { above: { price: 1 } } ]', 1, 'approvals[0].above.price', /unknown key/],
  ['approvals: [ { approvers: 0 } ]', 1, 'approvals[0].approvers', /at least 1/],
  ['approvals: [ { remindAfter: 24h } ]', 1, 'approvals[0].expiresAfter', /more than remindAfter/],
  ['approvals:\n- remindAfter: 4h\n  expiresAfter: 2h', 3, 'approvals[0].expiresAfter', /2h, expected more/],
  ['network: { publicIp: approval }', 1, 'network.publicIp', /allow \| deny/],
  ['attachments: { deny: [ACI] }', 1, 'attachments.deny[0]', /a kind that can be attached/],
  ['attachments: { deny: [ {} ] }', 1, 'attachments.deny[0]', /at least one of kind/],
  ['attachments: { deny: [ { kind: AKX } ] }', 1, 'attachments.deny[0].kind', /VirtualMachine/, 'AKS'],
  ['attachments: { duplicate: detach }', 1, 'attachments.duplicate', /detachNewer/],
  ['attachments: { duplicate: { AKS: detach } }', 1, 'attachments.duplicate.AKS', /detachNewer/],
  ['clusters: { remedy: fix }', 1, 'clusters.remedy', /report \| repair/],
  ['disk: { lowBelowGigabytes: -1 }', 1, 'disk.lowBelowGigabytes', /not negative/],
  ['forgotten: { stoppedFor: never }', 1, 'forgotten.stoppedFor', /duration/],
  ['forgotten: { remedy: remove }', 1, 'forgotten.remedy', /report/],
  ['owners: { deleteAfter: 30d }', 1, 'owners.deleteAfter', /expected gone: stop/],
  ['owners: { gone: delete }', 1, 'owners.gone', /stop/],
  ['platform: { idleShutdown: off }', 1, 'platform.idleShutdown', /audit, or \{ backstopAfter/],
  // Settings that cannot work together
  [
    'idle: { after: 9m }',
    1,
    'idle.after',
    /idle\.after is 9m, expected at least 10m: ingestionDelay 5m \+ sweep\.every 5m/,
  ],
  ['mode: warn\nsweep: { every: 60m }', 1, 'idle.after', /expected at least 1h5m/],
  ['overrides:\n- match: { team: a }\n  idle: { after: 8m }', 3, 'overrides[0].idle.after', /is 8m/],
  [
    'overrides:\n- { match: { team: a }, idle: { after: 12m } }\n- { match: { team: b }, idle: { ingestionDelay: 9m } }',
    3,
    'overrides[1].idle.ingestionDelay',
    /is 12m, expected at least 14m/,
  ],
  [
    'platform: { idleShutdown: { backstopAfter: 4d } }',
    1,
    'platform.idleShutdown.backstopAfter',
    /at most 3d/,
  ],
  [
    'platform: { idleShutdown: { backstopAfter: 25h } }',
    1,
    'platform.idleShutdown.backstopAfter',
    /at least 1d1h30m: after 1h \+ warn 30m \+ maxSnooze 1d/,
  ],
  [
    'platform: { idleShutdown: { backstopAfter: 26h } }\noverrides: [ { match: { team: a }, idle: { after: 2h } } ]',
    1,
    'platform.idleShutdown.backstopAfter',
    /after 2h/,
  ],
  ['overrides: [ { match: { team: a }, maxUptime: { warn: 1h } } ]', 1, 'overrides[0].maxUptime', /no after/],
];

describe('a policy is refused', () => {
  const cases = rows.map(([text, line, key, message, suggestion]) => ({
    text,
    line,
    key,
    message,
    suggestion,
  }));

  it.each(cases)('$text', ({ text, line, key, message, suggestion }) => {
    const parsed = parsePolicy(text);
    const faults = parsed.ok ? [] : parsed.faults;
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ line, key, message: expect.stringMatching(message) as string });
    expect(faults[0]?.suggestion).toBe(suggestion ?? faults[0]?.suggestion);
  });

  it('with all its faults at once, in the order of the file, also those of rules across settings', () => {
    const parsed = parsePolicy(
      'version: 9\nidle: { after: 6m }\nquotas: [ { per: user } ]\nnetwork: { ssh: no }\nidle: { after: 7m }\n',
    );
    expect(parsed.ok ? [] : parsed.faults.map(({ line, key }) => [line, key])).toEqual([
      [1, 'version'],
      [3, 'quotas[0]'],
      [4, 'network.ssh'],
      [5, ''],
      [5, 'idle.after'],
    ]);
  });

  it('without a guess about rules whose other half cannot be read', () => {
    const parsed = parsePolicy('idle: { after: 8m }\nsweep: { every: x }\n');
    expect(parsed.ok ? [] : parsed.faults.map(({ key }) => key)).toEqual(['sweep.every']);
  });
});

describe('a policy is accepted', () => {
  it.each([
    ['with an idle limit of just delay and sweep', 'idle: { after: 10m }'],
    [
      'with a short limit where an override shortens the delay for the same computes',
      'overrides: [ { match: { gpu: true }, idle: { after: 6m, ingestionDelay: 1m } } ]',
    ],
    [
      'with limits that only computes with and without GPU could bring together',
      'overrides: [ { match: { gpu: true }, idle: { after: 12m } }, { match: { gpu: false }, idle: { ingestionDelay: 9m } } ]',
    ],
    [
      'with a delay that a later override for everything shortens again',
      'idle: { after: 12m, ingestionDelay: 9m }\noverrides: [ { match: { compute: "*" }, idle: { ingestionDelay: 2m } } ]',
    ],
    ['with a backstop after everything of ours', 'platform: { idleShutdown: { backstopAfter: 25h30m } }'],
    [
      'with a kind in other casing or as a pattern',
      'protected: [ { kind: computeinstance }, { kind: Data* } ]',
    ],
    ['with a GPU series under either of its names', 'protected: [ { gpu: true, series: [NCv3, ncsV3] } ]'],
    [
      'with a family that is newer than we are',
      'protected: [ { family: [standardXYv9Family, standardN*, laterFamily] } ]',
    ],
    ['with a size and its series', 'protected: [ { vmSize: Standard_NC24rs_v3, series: NCsv3 } ]'],
    ['without maximum uptime, said so', 'maxUptime: null'],
    ['with a schedule that only stops', 'schedules: [ { stop: "19:00" } ]'],
    ['with a schedule at the beginning of the day', 'schedules: [ { start: "08:00", stop: "00:00" } ]'],
  ])('%s', (_, text) => {
    expect(parsePolicy(text)).toMatchObject({ ok: true, warnings: [] });
  });

  it.each([
    ['sizes: { allow: [Standard_D*, Standrd_NC6] }', 'sizes.allow[1]', /no VM size/],
    [
      'overrides: [ { match: { vmSize: Standard_X* }, sizes: { deny: [Standard_Y*] } } ]',
      'overrides[0].sizes.deny[0]',
      /no VM size/,
    ],
    [
      'protected: [ { family: [standardDSv2Family, standardDSv9Family] } ]',
      'protected[0].family[1]',
      /no VM family/,
    ],
    ['quotas: [ { per: user, cores: 4, onExceeded: stop } ]', 'quotas[0].onExceeded', /does nothing/],
    ['schedules: [ { stop: "19:00", startAll: true } ]', 'schedules[0].startAll', /does nothing/],
    ['maxUptime: { after: 6h }', 'maxUptime.warn', /not shorter/],
  ])('with a warning: %s', (text, key, message) => {
    const parsed = parsePolicy(text, {
      knownSizes: ['Standard_D2s_v3', 'Standard_NC6'],
      knownFamilies: ['standardDSv2Family', 'standardNCFamily'],
    });
    expect(parsed.ok).toBe(true);
    expect(parsed.ok ? parsed.warnings : []).toContainEqual(
      expect.objectContaining({ key, line: 1, message: expect.stringMatching(message) as string }),
    );
  });
});
