import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { runLine } from '../../src/cli/run-line.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import {
  minute,
  type ProvisionWorld,
  provisionWorld,
  type ProvisionWorldOptions,
  rolesOf,
  type Who,
} from './provision-world.ts';

export type Printed = { readonly code: number; readonly out: string; readonly err: string };
export type LineOptions = {
  readonly as?: Who;
  /** What is typed when something is asked; null: nobody sits there. */
  readonly types?: string | null;
  /** How wide the terminal is; null: piped. */
  readonly columns?: number | null;
  readonly env?: Readonly<Record<string, string>>;
  /** Done whenever the command waits, in place of letting a minute pass. */
  readonly whileWaiting?: () => Promise<void>;
};

export type CliWorld = ProvisionWorld & {
  /** Where the app answers over HTTP. */
  readonly url: string;
  tokenOf(who: Who): Promise<string>;
  /** Runs `lamplighter …` against the app over HTTP. While it waits, the world's time goes on. */
  lamplighter(line: readonly string[], options?: LineOptions): Promise<Printed>;
};

/** The whole app behind a loopback server, and the command line in front of it. */
export async function cliWorld(options: ProvisionWorldOptions = {}): Promise<CliWorld> {
  const world = await provisionWorld(options);
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const reply = await world.ask(request.method ?? 'GET', request.url ?? '/', {
        ...(text === '' ? {} : { body: JSON.parse(text) as unknown }),
        headers: Object.fromEntries(
          Object.entries(request.headers).filter(
            ([name]) => name === 'authorization' || name === 'idempotency-key',
          ),
        ) as Record<string, string>,
      });
      response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(reply.text);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tokenOf = (who: Who): Promise<string> =>
    world.azure.userToken(who, { roles: ['Lamplighter.User', ...rolesOf(who)] });

  return Object.assign(world, {
    url,
    tokenOf,
    async lamplighter(line: readonly string[], given: LineOptions = {}): Promise<Printed> {
      const { as = 'ada', types = null, columns = null, env = {}, whileWaiting } = given;
      const printed = { out: '', err: '' };
      const stream = (name: 'out' | 'err') => ({
        isTTY: columns !== null,
        ...(columns === null ? {} : { columns }),
        write: (text: string) => {
          printed[name] += text;
        },
      });
      const surroundings: Surroundings = {
        environment: { LAMPLIGHTER_URL: url, LAMPLIGHTER_TOKEN: await tokenOf(as), ...env },
        stdout: stream('out'),
        stderr: stream('err'),
        look: { columns, coloured: false },
        now: () => world.clock.now(),
        pause: () => whileWaiting?.() ?? world.runFor(minute),
        newKey: () => crypto.randomUUID(),
        ask: types === null ? null : async () => types,
      };
      const code = await runLine(commands, line, surroundings);
      return { code, ...printed };
    },
  });
}

/** A world that a sweep has seen. */
export async function seenWorld(options: ProvisionWorldOptions = {}): Promise<CliWorld> {
  const world = await cliWorld(options);
  await world.ask('POST', '/api/sweeps', { as: 'root' });
  await world.runFor(minute);
  return world;
}
