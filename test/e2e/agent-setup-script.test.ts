import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseComputeArmId } from '../../src/core/ids.ts';
import { readEnrolment } from '../../src/ledger/enrolments.ts';
import { readReports } from '../../src/ledger/reports.ts';
import { freePort } from '../../src/local/run/free-port.ts';
import { fakeMachine } from '../support/fake-machine.ts';
import { failing } from '../support/provision-outcome.ts';
import { minute, type ProvisionWorld, provisionWorld } from '../support/provision-world.ts';

const run = promisify(execFile);
const codePattern = /\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b/;

type Inner = {
  readonly enableSSO: boolean;
  readonly setupScripts?: {
    readonly scripts: { readonly creationScript: { scriptSource: string; scriptData: string } };
  };
};
const innerOf = (world: ProvisionWorld, name: string): Inner =>
  (world.azure.show(name) as { properties: { properties: Inner } }).properties.properties;
const scriptOf = (world: ProvisionWorld, name: string): string =>
  Buffer.from(
    innerOf(world, name).setupScripts?.scripts.creationScript.scriptData ?? '',
    'base64',
  ).toString();
const refOf = (world: ProvisionWorld, name: string) => parseComputeArmId(world.azure.compute(name)?.id);
const sentenceOf = async (world: ProvisionWorld, id: string): Promise<string> =>
  (await world.requestOf(id)).sentence;

/** A folder that stands for the disk of a machine, on which Azure runs the script as it was put. */
async function boot(script: string, root = fakeMachine({ processes: [], terminals: { 0: 7200 } })) {
  const file = join(root, 'creation-script.sh');
  writeFileSync(file, script);
  const { stdout, stderr } = await run('sh', [file], {
    env: { ...process.env, LAMPLIGHTER_AGENT_ROOT: root },
  });
  return { root, said: stdout + stderr };
}

async function asked(more: object = {}) {
  const world = await provisionWorld({ publicPort: await freePort(), ...more });
  const reply = await world.request('ada', { name: 'ci-ada', agent: true });
  const id = String(reply.json['requestId']);
  await world.runFor(minute);
  return { world, reply, id };
}

describe('a machine asked for with the session agent', () => {
  it('fetches it, enrols by itself, and reports, and its user is told what that does to single sign-on', async () => {
    const { world, reply, id } = await asked();
    expect([reply.status, reply.json['agent']]).toEqual([202, { enrolled: null }]);
    expect(reply.json['sentence']).toContain('single sign-on off until its user enables it');
    expect(innerOf(world, 'ci-ada').enableSSO).toBe(false);

    const { root, said } = await boot(scriptOf(world, 'ci-ada'));
    expect(said).toContain('The session agent is installed.');
    expect(existsSync(join(root, 'opt/lamplighter-agent/session-agent.py'))).toBe(true);
    expect((await boot(scriptOf(world, 'ci-ada'), root)).said).toContain('here already');
    await world.runFor(10 * minute);
    expect(await world.requestOf(id)).toMatchObject({ status: 'completed', agentEnrolled: true });
    expect(await sentenceOf(world, id)).toMatch(/session agent is on it.*single sign-on is off/);

    const at = world.clock.now();
    await run(
      'python3',
      [join(root, 'opt/lamplighter-agent/session-agent.py'), 'run', '--root', root, '--period', '0.3'],
      {
        timeout: 2500,
      },
    ).catch(() => undefined);
    const reports = await readReports(world.ledger, refOf(world, 'ci-ada'), at, at + minute);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ terminals: 'idle' });
  });

  it('carries no secret but a code of its own that ends with its use', async () => {
    const { world, id } = await asked();
    const script = scriptOf(world, 'ci-ada');
    const [code = ''] = codePattern.exec(script) ?? [];
    expect(script.replace(code, '')).not.toMatch(codePattern);
    await boot(script);
    await world.runFor(10 * minute);
    const shown = await world.ask('GET', `/api/requests/${id}`, { as: 'ada' });
    const kept = world.everythingKept();
    expect(kept).toContain('createInstance');
    for (const text of [kept, shown.text, JSON.stringify(world.messages)]) {
      expect(text).not.toContain(code);
      expect(text).not.toContain(code.replaceAll('-', ''));
    }
    const again = await boot(script);
    expect(again.said).toContain('not installed');
    // Later it is as worthless as any that was used: nothing ends by it.
    const { enrolment } = await readEnrolment(world.ledger, refOf(world, 'ci-ada'));
    expect(enrolment.keys).toHaveLength(1);
  });

  it('believes neither where two come with its code while it is being made', async () => {
    const { world, id } = await asked();
    const script = scriptOf(world, 'ci-ada');
    await boot(script);
    expect((await boot(script)).said).toContain('not installed');
    expect((await readEnrolment(world.ledger, refOf(world, 'ci-ada'))).enrolment.keys).toEqual([]);
    expect(world.messages.map(({ title }) => title)).toContain('The code of a setup script was used twice');
    await world.runFor(10 * minute);
    expect(await world.requestOf(id)).toMatchObject({ status: 'completed', agentEnrolled: false });
  });

  it('is made all the same when the agent cannot be fetched, and its user is told', async () => {
    const { world, id } = await asked();
    const { said } = await boot(scriptOf(world, 'ci-ada').replace(/[0-9a-f]{64}/, '0'.repeat(64)));
    expect(said).toContain('not installed');
    await world.runFor(10 * minute);
    expect(await world.requestOf(id)).toMatchObject({ status: 'completed', agentEnrolled: false });
    expect(await sentenceOf(world, id)).toContain('has not reported in');
    const { enrolment } = await readEnrolment(world.ledger, refOf(world, 'ci-ada'));
    expect([enrolment.keys, enrolment.codes]).toEqual([[], []]);
  });

  it.each(['TimeoutAfter', 'TimeoutBefore', 'NoCapacity'])(
    'enrols after a creation that met %s',
    async (failure) => {
      const world = await provisionWorld({ publicPort: await freePort() });
      failing(world, [failure]);
      const reply = await world.request('ada', { name: 'ci-ada', agent: true });
      await world.runFor(failure === 'NoCapacity' ? 11 * minute + 20_000 : 2 * minute);
      const { said } = await boot(scriptOf(world, 'ci-ada'));
      expect(said).toContain('is installed');
      await world.runFor(20 * minute);
      expect(await world.requestOf(reply)).toMatchObject({ status: 'completed', agentEnrolled: true });
    },
  );

  it('enrols though the process died around its creation', async () => {
    for (const moment of ['before', 'after'] as const) {
      const { world, id } = await asked({ death: { port: 'provisioning', member: 'create', moment } });
      await world.runFor(3 * minute);
      expect((await boot(scriptOf(world, 'ci-ada'))).said).toContain('is installed');
      await world.runFor(20 * minute);
      expect(world.deaths()).toBe(1);
      expect(await world.requestOf(id)).toMatchObject({ status: 'completed', agentEnrolled: true });
    }
  });
});

describe('a machine asked for without it', () => {
  it('has no setup script, and single sign-on', async () => {
    const world = await provisionWorld({ publicPort: await freePort() });
    const reply = await world.request('ada', { name: 'ci-ada' });
    await world.runFor(10 * minute);
    expect(innerOf(world, 'ci-ada').enableSSO).toBe(true);
    expect(innerOf(world, 'ci-ada').setupScripts).toBeUndefined();
    expect(await world.requestOf(reply)).toMatchObject({ status: 'completed', agentEnrolled: null });
  });
});

describe('a deployment without an address', () => {
  it('says at once that it cannot bring the agent on', async () => {
    const world = await provisionWorld();
    const reply = await world.request('ada', { agent: true });
    expect([reply.status, reply.json['faults']]).toMatchObject([400, [{ field: 'agent' }]]);
  });
});
