import type { Stand } from '../../src/cli/azure/callers-azure.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import {
  createInProcessClient,
  createSimulatedAzure,
  type SimulatedAzure,
  type SimulatedAzureOptions,
  type WorldSpec,
} from '../../src/local/azure/index.ts';
import { VirtualClock } from '../../src/local/virtual-clock.ts';
import type { Look } from '../../src/present/table.ts';
import type { Ledger } from '../../src/ports/ledger.ts';

export type CliStand = {
  readonly azure: SimulatedAzure;
  readonly clock: VirtualClock;
  readonly stand: Stand;
  /** Methods and paths of everything that was sent. */
  readonly sent: readonly string[];
  /** Runs it, and gives what it answered and wrote. */
  run(
    act: (surroundings: Surroundings, stand: Stand) => Promise<number>,
    how?: { readonly environment?: Surroundings['environment']; readonly look?: Look },
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
};

const piped: Look = { columns: null, coloured: false };

/** The command line in front of a simulated Azure in the same process. */
export function cliStand(
  spec: WorldSpec,
  options: Partial<SimulatedAzureOptions> & { readonly ledger?: Ledger } = {},
): CliStand {
  const clock = new VirtualClock(spec.startAt);
  const { ledger, ...rest } = options;
  const azure = createSimulatedAzure(spec, { clock, random: () => 0.5, ...rest });
  const inner = createInProcessClient(azure);
  const sent: string[] = [];
  const stand: Stand = {
    clock,
    ...(ledger === undefined ? {} : { ledger }),
    credential: {
      getToken: async () => ({ token: azure.staticToken(), expiresOnTimestamp: 253_402_300_799_000 }),
    },
    httpClient: {
      sendRequest(request) {
        sent.push(`${request.method} ${new URL(request.url).pathname}`);
        return inner.sendRequest(request);
      },
    },
  };
  return {
    azure,
    clock,
    stand,
    sent,
    async run(act, { environment = {}, look = piped } = {}) {
      let [out, err] = ['', ''];
      const code = await act(
        {
          environment,
          look,
          stdout: { write: (text) => void (out += text) },
          stderr: { write: (text) => void (err += text) },
          now: () => clock.now(),
          pause: async (ms) => clock.advanceTo(clock.now() + ms),
          newKey: () => 'key',
          ask: null,
        },
        stand,
      );
      return { code, out, err };
    },
  };
}
