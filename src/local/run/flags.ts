import { parseArgs } from 'node:util';
import { LamplighterError } from '../../core/errors.ts';

export type RunFlags = {
  readonly help: boolean;
  /** End after one full cycle of warning and stopping. */
  readonly once: boolean;
  readonly port: number;
  /** Clock seconds per real second. */
  readonly factor: number;
  /** Path of a policy file; null: the demo's own. */
  readonly policy: string | null;
  readonly stateFolder: string;
  /** Forget what an earlier run left. */
  readonly fresh: boolean;
};

export const usage = `npm start -- [flags]

Runs Lamplighter on this machine against a simulated Azure with a small fleet.

  --once           end after one full cycle: look, warn, look again, stop
  --port N         where the app answers (default 7071)
  --factor N       how many times faster than real time the clock runs (default 60: a minute passes in a second)
  --policy FILE    a policy file instead of the demo's own
  --state FOLDER   where the run keeps its state (default .lamplighter)
  --fresh          begin anew instead of going on where a killed run stopped
  --help           this text
`;

function refuse(message: string, field: string): never {
  throw new LamplighterError(message, {
    code: 'local.bad-flag',
    fault: 'caller',
    field,
    fix: 'npm start -- --help lists the flags.',
  });
}

function numberOf(name: string, text: string, low: number, high: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= low && value <= high)) {
    refuse(`--${name} ${text} is not a number from ${low} to ${high}.`, name);
  }
  return value;
}

/** Throws `local.bad-flag`. */
export function parseFlags(args: readonly string[]): RunFlags {
  try {
    const { values } = parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        once: { type: 'boolean', default: false },
        port: { type: 'string', default: '7071' },
        factor: { type: 'string', default: '60' },
        policy: { type: 'string' },
        state: { type: 'string', default: '.lamplighter' },
        fresh: { type: 'boolean', default: false },
      },
    });
    const port = numberOf('port', values.port, 0, 65_535);
    if (!Number.isInteger(port)) refuse(`--port ${values.port} is not a whole number.`, 'port');
    return {
      help: values.help,
      once: values.once,
      port,
      factor: numberOf('factor', values.factor, 1, 3_600),
      policy: values.policy ?? null,
      stateFolder: values.state,
      fresh: values.fresh,
    };
  } catch (cause) {
    if (cause instanceof LamplighterError) throw cause;
    return refuse(cause instanceof Error ? cause.message : String(cause), 'flags');
  }
}
