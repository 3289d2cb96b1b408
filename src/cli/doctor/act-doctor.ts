import type { SelfTest } from '../../fleet/self-test/self-test.ts';
import { selfTestText, type TestedSystem } from '../../present/self-test-text.ts';
import { openCallersAzure, type Stand } from '../azure/callers-azure.ts';
import { type AzureFlags, type CallersSettings, callersSettings } from '../azure/callers-settings.ts';
import type { AppDoor } from '../door/app-door.ts';
import { openDoor } from '../door/open-door.ts';
import { badFlag } from '../flag-values.ts';
import { bodyOf } from '../door/problem.ts';
import type { Surroundings } from '../surroundings.ts';
import { progressBar } from '../progress-bar.ts';
import { ownTest } from './own-test.ts';
import { probeText } from './probe/probe-text.ts';
import { questions, runProbe } from './probe/run-probe.ts';

export type DoctorArgs = Pick<AzureFlags, 'subscription' | 'workspace' | 'settings'> & {
  readonly url?: string | undefined;
  readonly audience?: string | undefined;
  readonly own?: boolean | undefined;
  readonly probe?: boolean | undefined;
  readonly compute?: string | undefined;
  readonly json?: boolean | undefined;
};
/** Also takes the place of the deployed app's door in tests. */
export type DoctorStand = Stand & { readonly door?: AppDoor };

type DoctorSurroundings = Pick<Surroundings, 'environment' | 'stdout' | 'stderr' | 'look'>;

const isBad = ({ checks, permissions }: TestedSystem): boolean =>
  [...checks, ...permissions].some(({ state }) => state === 'bad');

/** The app's own word on how it fares; one of an earlier release says less. */
async function appTest(door: AppDoor): Promise<TestedSystem> {
  const answer = bodyOf<Partial<SelfTest>>(await door.call('GET', '/api/health?deep=1'));
  return { checks: answer.checks ?? [], permissions: answer.permissions ?? [], notes: answer.notes ?? [] };
}

async function probe(
  args: DoctorArgs,
  settings: CallersSettings,
  door: AppDoor | null,
  { stdout, stderr, look }: DoctorSurroundings,
  stand: DoctorStand,
): Promise<number> {
  const bar = progressBar(stderr, questions.length);
  const azure = await openCallersAzure(settings, stand);
  const view = await runProbe(azure, {
    compute: args.compute,
    door,
    onProgress: (done, _of, what) => bar.show(done, what),
  }).finally(() => bar.clear());
  stdout.write(args.json === true ? `${JSON.stringify(view, null, 2)}\n` : probeText(view, look));
  return view.questions.every(({ state }) => state === 'settled') ? 0 : 2;
}

/** 0: all is well, or settled; 2: something is missing, or stays open; that it cannot run is 1. */
export async function actDoctor(
  args: DoctorArgs,
  surroundings: DoctorSurroundings,
  stand: DoctorStand = {},
): Promise<number> {
  const { environment, stdout, look } = surroundings;
  if (args.compute !== undefined && args.probe !== true) {
    throw badFlag('--compute says whom to probe.', 'compute', 'Give --probe with it, or leave it out.');
  }
  const settings = callersSettings(args, environment);
  const hasApp = args.url !== undefined || settings.environment['LAMPLIGHTER_URL'] !== undefined;
  const door = hasApp
    ? (stand.door ?? openDoor({ url: args.url, audience: args.audience }, settings.environment))
    : null;
  if (args.probe === true) return probe(args, settings, door, surroundings, stand);
  const of = door !== null && args.own !== true ? 'app' : 'own';
  const tested =
    door !== null && of === 'app'
      ? await appTest(door)
      : await ownTest(await openCallersAzure(settings, stand));
  const status = isBad(tested) ? 'degraded' : 'ok';
  stdout.write(
    args.json === true
      ? `${JSON.stringify({ formatVersion: 1, of, status, ...tested }, null, 2)}\n`
      : selfTestText(tested, look),
  );
  return status === 'ok' ? 0 : 2;
}
