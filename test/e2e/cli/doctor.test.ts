import { describe, expect, it } from 'vitest';
import type { AppDoor } from '../../../src/cli/door/app-door.ts';
import { actDoctor } from '../../../src/cli/doctor/act-doctor.ts';
import type { WorldSpec } from '../../../src/local/azure/index.ts';
import { appUnderTest, testSettings } from '../../support/app-under-test.ts';
import { cliStand } from '../../support/cli-stand.ts';
import { idle, startAt } from '../../support/fleet-world.ts';
import { simulatedAdapters, simulatedSubscription } from '../../support/simulated-adapters.ts';

const ml = 'Microsoft.MachineLearningServices';
const world = (more: Partial<WorldSpec> = {}): WorldSpec => ({
  startAt,
  workspaces: [
    { name: 'ws1', subscription: 'main', resourceGroup: 'rg', location: 'westeurope' },
    { name: 'ws2', subscription: 'other', resourceGroup: 'rg', location: 'northeurope' },
  ],
  computes: [idle('ci-a'), idle('ci-b', { workspace: 'ws2' })],
  ...more,
});
const own = (spec: WorldSpec, json = false) => {
  const stand = cliStand(spec);
  const run = () => stand.run((surroundings, how) => actDoctor({ json }, surroundings, how));
  return { ...stand, doctor: run };
};

describe('lamplighter doctor, of one’s own sign-in', () => {
  it('finds all that a plan lives by, in every subscription, and writes nothing', async () => {
    const stand = own(world());
    const { code, out } = await stand.doctor();
    expect(code).toBe(0);
    expect(out).toMatch(/^sign-in +ok +Signed in as lamplighter/m);
    expect(out).toMatch(/^SUBSCRIPTION +WORKSPACES +COMPUTES +METRICS +JOBS +SIZES +READER/m);
    expect(out.match(/^[0-9a-f-]{36} +ok +ok +ok +ok +ok +ok/gm)).toHaveLength(2);
    expect(out.trimEnd().endsWith('All is well that it needs.')).toBe(true);
    expect(stand.azure.writes).toEqual([]);
    expect(stand.sent.filter((one) => !one.startsWith('GET ') && !one.endsWith('getBatch'))).toEqual([]);
  });

  it('names each missing action, and takes what only a deployment needs for no fault', async () => {
    const { code, out } = await own(
      world({ deniedActions: [`${ml}/workspaces/jobs/read`, `${ml}/workspaces/computes/stop/action`] }),
    ).doctor();
    expect(code).toBe(2);
    expect(out).toMatch(
      /^MISSING +reader [0-9a-f-]{36} +You lack Microsoft\.MachineLearningServices\/workspaces\/jobs\/read\./m,
    );
    expect(out).toMatch(/^open +stopper .*No command needs it of you/m);
    expect(out).toMatch(/2 things are missing/);
  });

  it.each([
    ['workspaces', '/workspaces?', `${ml}/workspaces/read`],
    ['computes', '/computes', `${ml}/workspaces/computes/read`],
    ['metrics', 'getBatch', 'Microsoft.Insights/metrics/read'],
    ['jobs', '/jobs', `${ml}/workspaces/jobs/read`],
    ['sizes', '/vmSizes', `${ml}/locations/vmSizes/read`],
  ])('tells of %s that may not be read in words, and goes on', async (name, path, action) => {
    const stand = own(world(), true);
    const message = `The client does not have authorization to perform action '${action}' over scope '/x'.`;
    stand.azure.onRequest(({ url }) =>
      url.includes(path)
        ? {
            kind: 'answer',
            status: 403,
            headers: {},
            body: JSON.stringify({ error: { code: 'AuthorizationFailed', message } }),
          }
        : null,
    );
    const { code, out } = await stand.doctor();
    const view = JSON.parse(out) as {
      status: string;
      checks: { name: string; state: string; detail: string }[];
    };
    expect([code, view.status]).toEqual([2, 'degraded']);
    const check = view.checks.find((one) => one.name.startsWith(`${name} `));
    expect(check).toMatchObject({ state: 'bad', detail: expect.stringContaining(action) });
  });

  it('explains the websocket rule where instances are in a private network', async () => {
    const { out } = await own(world({ computes: [idle('ci-a', { publicIp: false })] })).doctor();
    expect(out).toMatch(/To know: ws1: instances in a private network.*\*\.instances\.azureml\.ms/);
    expect((await own(world()).doctor()).out).not.toContain('websocket');
  });
});

async function deployed(more: Partial<WorldSpec> = {}) {
  const { azure: _azure, ...ports } = simulatedAdapters(world(more));
  const app = await appUnderTest(
    {
      ...ports,
      notifier: { channel: 'none', send: async () => ({ accepted: true as const, channel: 'none' }) },
      policySource: { name: 'policy.yaml', read: async () => '' },
    },
    testSettings({ LAMPLIGHTER_SUBSCRIPTIONS: simulatedSubscription }),
  );
  const door = (as: 'ada' | 'admin'): AppDoor => ({
    call: async (method, path) => {
      const { status, json } = await app.ask(method, path, { as });
      return { status, json };
    },
  });
  return (as: 'ada' | 'admin' = 'admin') =>
    cliStand(world()).run((surroundings, how) =>
      actDoctor({ url: 'https://lamplighter.example' }, surroundings, { ...how, door: door(as) }),
    );
}

describe('lamplighter doctor --url', () => {
  it('prints the app’s own test as a matrix, with what to do', async () => {
    const { code, out } = await (await deployed({ deniedActions: [`${ml}/workspaces/computes/stop/*`] }))();
    expect(code).toBe(2);
    expect(out).toMatch(/^timer +MISSING +No sweep has ever begun/m);
    expect(out).toMatch(
      /^notifier +open +No notifier is configured: the ledger and the page are the only channel\./m,
    );
    expect(out).toMatch(/^SUBSCRIPTION +EVENTS +METRICS +READER +STOPPER +PROVISIONER +ATTACHER/m);
    expect(out).toMatch(/^[0-9a-f-]{36} +open +open +ok +MISSING +ok +ok/m);
    expect(out).toMatch(/stop\/action\. Give its identity the role in infra\/roles\/stopper\.json/);
    expect(out).toMatch(/seen by sweeps only/);
    expect(out).toMatch(/websocket traffic/);
  });

  it('is for admins, and says so', async () => {
    await expect((await deployed())('ada')).rejects.toThrow(/Only an admin/);
  });
});
