import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LamplighterError } from '../../core/errors.ts';
import { parsePolicy } from '../../core/policy/parse.ts';
import { faultLine } from '../../core/yaml/fault.ts';
import { RealClock } from '../real-clock.ts';
import { subscriptionIdOf } from '../azure/index.ts';
import { deliverEvents } from './deliver-events.ts';
import { freePort } from './free-port.ts';
import { appClient } from './app-client.ts';
import { pollEveryMs, readComputes, readSummary, sweepNow } from './fleet-view.ts';
import { follow, isSettled } from './follow.ts';
import type { RunFlags } from './flags.ts';
import { type LocalApp, openLocalApp } from './local-app.ts';
import { type LocalAzure, startLocalAzure } from './local-azure.ts';
import type { Narrator } from './narrator.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';
import { writeSettings } from './write-settings.ts';
import { startTableEmulator } from './table-emulator.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const demoPolicy = fileURLToPath(new URL('demo-policy.yaml', import.meta.url));
const savedEveryMs = 500;

/** The app would keep its last good policy; a run that has none yet is told at once. */
function checked(file: string, name: string): string {
  const parsed = parsePolicy(readFileSync(file, 'utf8'));
  if (parsed.ok) return file;
  throw new LamplighterError(parsed.faults.map((fault) => faultLine(name, fault)).join('\n'), {
    code: 'local.bad-policy',
    fault: 'policy',
    field: 'policy',
    fix: 'Correct the file; docs/policy.schema.json describes every key.',
  });
}

function policyFileOf(flags: RunFlags): string {
  if (flags.policy === null) return demoPolicy;
  const file = resolve(flags.policy);
  if (existsSync(file)) return checked(file, flags.policy);
  throw new LamplighterError(`There is no policy file ${flags.policy}.`, {
    code: 'local.no-policy',
    fault: 'caller',
    field: 'policy',
    fix: 'Give the path of a YAML file, or leave --policy out for the demo policy.',
  });
}

type Running = Pick<LocalApp, 'url' | 'functions' | 'settings'> &
  Pick<LocalAzure, 'azure' | 'signInLink'> &
  Pick<StateFolder, 'settingsFile' | 'userSettingsFile'>;

function shown(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}

/** What to type beside a run, for whoever has typed nothing of it yet. */
function tellCommandLine(narrator: Narrator, { settingsFile, userSettingsFile }: Running): void {
  narrator.line();
  narrator.line('In another terminal, as Helen:  . ' + shown(settingsFile));
  narrator.line('  npx lamplighter instance list --all');
  narrator.line('  npx lamplighter plan');
  narrator.line('or as Priya:                    . ' + shown(userSettingsFile));
  narrator.line('  npx lamplighter instance list');
  narrator.line('  npx lamplighter snooze ci-priya-dev --for 2h');
  narrator.line('  npx lamplighter --help says what else there is.');
}

async function tell(
  running: Running,
  flags: RunFlags,
  narrator: Narrator,
  clock: RealClock,
  signal: AbortSignal,
): Promise<void> {
  const { url, functions, settings, azure, signInLink } = running;
  const time = new Date(clock.now()).toISOString().slice(0, 16);
  narrator.line(`Lamplighter on ${url}, ${functions} functions, against a simulated Azure.`);
  narrator.line(`The clock shows ${time} UTC and runs ${flags.factor} times as fast.`);
  narrator.line();

  const pollMs = pollEveryMs(flags.factor);
  const token = await azure.userToken('helen', { roles: ['Lamplighter.Admin'] });
  writeSettings(running.settingsFile, { ...settings, LAMPLIGHTER_URL: url, LAMPLIGHTER_TOKEN: token });
  const userToken = await azure.userToken('priya', { roles: ['Lamplighter.User'] });
  writeSettings(running.userSettingsFile, { LAMPLIGHTER_URL: url, LAMPLIGHTER_TOKEN: userToken });
  const client = appClient(url, token);
  const sweep = await sweepNow(client, randomUUID(), pollMs, signal);
  if (sweep === null) return;
  narrator.sweep(sweep);
  const computes = await readComputes(client);
  narrator.line();
  narrator.fleet(computes);
  narrator.line();
  narrator.line(`Dashboard, signed in as Helen (admin):   ${signInLink('helen')}`);
  narrator.line(`Dashboard, signed in as Omar (approver): ${signInLink('omar')}`);
  narrator.line(`Dashboard, signed in as Priya:           ${signInLink('priya')}`);
  if (!flags.once) tellCommandLine(narrator, running);
  narrator.line();
  narrator.line(flags.once ? 'What happens next:' : 'What happens next (Ctrl-C ends):');
  await follow(client, narrator, computes, pollMs, (now) => signal.aborted || (flags.once && isSettled(now)));
  narrator.line();
  narrator.savings(await readSummary(client));
}

/** Everything on this machine: emulator, simulated Azure, the app's bundle on the embedded host. Ends when `signal` does, or after one cycle. */
export async function run(flags: RunFlags, narrator: Narrator, signal: AbortSignal): Promise<void> {
  const policyFile = policyFileOf(flags);
  const state = openStateFolder(flags.stateFolder, flags.fresh);
  const clock = new RealClock({
    factor: flags.factor,
    ...(state.resumeAt === null ? {} : { startAt: state.resumeAt }),
  });
  const closing: (() => Promise<void>)[] = [];
  const saving = setInterval(() => state.save(clock.now(), false), savedEveryMs);
  state.save(clock.now(), false);
  // What has not begun leaves nothing to go on with.
  let ended = state.resumeAt === null;
  try {
    const tables = await startTableEmulator(state.tablesFolder);
    closing.push(() => tables.close());
    // The app's address stands in its settings, so a free port is chosen before the app is loaded.
    const port = flags.port === 0 ? await freePort() : flags.port;
    const url = `http://127.0.0.1:${port}/api/dashboard`;
    const { azure, origin, signInLink, close } = await startLocalAzure(clock, state.azureFile, url);
    closing.push(close);
    const app = await openLocalApp({
      clock,
      factor: flags.factor,
      port,
      bundle: resolve(root, 'dist/main.cjs'),
      hostJson: resolve(root, 'host.json'),
      policyFile,
      subscriptions: ['research', 'retail'].map(subscriptionIdOf),
      azureOrigin: origin,
      ledgerConnection: tables.connection,
      linkKey: state.linkKey,
      hubFile: state.hubFile,
      timerFile: state.timerFile,
      log: (line) => {
        if (['warning', 'error', 'critical'].includes(line.level))
          narrator.line(`! ${line.functionName ?? line.category}: ${line.message}`);
      },
    });
    closing.push(() => app.stop());
    app.start();
    closing.push(await deliverEvents(azure.events, clock, app.postEvents));
    if (state.resumeAt !== null)
      narrator.line('Going on where the last run was cut off (--fresh begins anew).');

    ended = false;
    await tell({ ...app, ...state, azure, signInLink }, flags, narrator, clock, signal);
    ended = true;
  } finally {
    clearInterval(saving);
    for (const close of closing.toReversed()) await close();
    state.save(clock.now(), ended);
  }
}
