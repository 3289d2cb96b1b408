import type { SelfTest } from '../../fleet/self-test/self-test.ts';
import { selfTestText, type TestedSystem } from '../../present/self-test-text.ts';
import { openCallersAzure, type Stand } from '../azure/callers-azure.ts';
import { type AzureFlags, callersSettings } from '../azure/callers-settings.ts';
import type { AppDoor } from '../door/app-door.ts';
import { openDoor } from '../door/open-door.ts';
import { bodyOf } from '../door/problem.ts';
import type { Surroundings } from '../surroundings.ts';
import { ownTest } from './own-test.ts';

export type DoctorArgs = Pick<AzureFlags, 'subscription' | 'workspace' | 'settings'> & {
  readonly url?: string | undefined;
  readonly audience?: string | undefined;
  readonly own?: boolean | undefined;
  readonly json?: boolean | undefined;
};
/** Also takes the place of the deployed app's door in tests. */
export type DoctorStand = Stand & { readonly door?: AppDoor };

const isBad = ({ checks, permissions }: TestedSystem): boolean =>
  [...checks, ...permissions].some(({ state }) => state === 'bad');

/** The app's own word on how it fares; one of an earlier release says less. */
async function appTest(door: AppDoor): Promise<TestedSystem> {
  const answer = bodyOf<Partial<SelfTest>>(await door.call('GET', '/api/health?deep=1'));
  return { checks: answer.checks ?? [], permissions: answer.permissions ?? [], notes: answer.notes ?? [] };
}

/** 0: all is well; 2: something is missing; that it cannot run is 1. */
export async function actDoctor(
  args: DoctorArgs,
  { environment, stdout, look }: Pick<Surroundings, 'environment' | 'stdout' | 'look'>,
  stand: DoctorStand = {},
): Promise<number> {
  const settings = callersSettings(args, environment);
  const hasApp = args.url !== undefined || settings.environment['LAMPLIGHTER_URL'] !== undefined;
  const of = hasApp && args.own !== true ? 'app' : 'own';
  const tested =
    of === 'app'
      ? await appTest(
          stand.door ?? openDoor({ url: args.url, audience: args.audience }, settings.environment),
        )
      : await ownTest(await openCallersAzure(settings, stand));
  const status = isBad(tested) ? 'degraded' : 'ok';
  stdout.write(
    args.json === true
      ? `${JSON.stringify({ formatVersion: 1, of, status, ...tested }, null, 2)}\n`
      : selfTestText(tested, look),
  );
  return status === 'ok' ? 0 : 2;
}
