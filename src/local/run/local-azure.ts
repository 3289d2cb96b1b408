import { existsSync, readFileSync } from 'node:fs';
import {
  createSimulatedAzure,
  demoFleet,
  listen,
  restoreSimulatedAzure,
  type SimulatedAzure,
  type SimulatedAzureSnapshot,
} from '../azure/index.ts';
import type { WireResponse } from '../azure/wire.ts';
import type { LocalClock } from '../clock.ts';
import { seededRandom } from '../seeded-random.ts';
import { replaceFile } from './state-folder.ts';

const signInPath = /^\/sign-in\/([a-z]{1,30})$/;

/** The token goes in the fragment, which no server sees; the dashboard takes it out of the address at once. */
async function signIn(azure: SimulatedAzure, name: string, dashboard: string): Promise<WireResponse> {
  const more = demoFleet(0).users?.find((user) => user.name === name)?.roles ?? [];
  const token = await azure.userToken(name, {
    roles: ['User', ...more].map((role) => `Lamplighter.${role}`),
  });
  return { kind: 'answer', status: 302, headers: { location: `${dashboard}#token=${token}` }, body: null };
}

export type LocalAzure = {
  readonly azure: SimulatedAzure;
  /** Where a browser is signed in as one of the fleet's people and sent on to the dashboard. */
  readonly signInLink: (name: string) => string;
  readonly origin: string;
  readonly close: () => Promise<void>;
};

/**
 * The simulated Azure of a local run, on loopback. It is as lasting as the real one: what it has accepted is on disk
 * before it answers, so that killing the app at any moment does not undo a stop.
 */
export async function startLocalAzure(
  clock: LocalClock,
  file: string,
  dashboard: string,
): Promise<LocalAzure> {
  const options = {
    clock,
    random: seededRandom(20_261_121),
    events: 'normal',
    runEvents: true,
    throttling: true,
  } as const;
  const azure = existsSync(file)
    ? restoreSimulatedAzure(JSON.parse(readFileSync(file, 'utf8')) as SimulatedAzureSnapshot, options)
    : createSimulatedAzure(demoFleet(clock.now()), options);
  const save = (): void => replaceFile(file, JSON.stringify(azure.snapshot()));
  save();
  let saved = azure.writes.length;
  const server = await listen({
    async handle(request) {
      const person = signInPath.exec(new URL(request.url).pathname)?.[1];
      if (person !== undefined) return await signIn(azure, person, dashboard);
      const answer = await azure.handle(request);
      if (azure.writes.length !== saved) {
        save();
        saved = azure.writes.length;
      }
      return answer;
    },
  });
  return {
    azure,
    origin: server.origin,
    signInLink: (name) => `${server.origin}/sign-in/${name}`,
    close: () => server.close(),
  };
}
