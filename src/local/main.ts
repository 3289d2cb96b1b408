import { LamplighterError } from '../core/errors.ts';
import { parseFlags, usage } from './run/flags.ts';
import { narrator } from './run/narrator.ts';
import { run } from './run/run.ts';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time the user means it.
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  });
}

try {
  const flags = parseFlags(process.argv.slice(2));
  const coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  if (flags.help) process.stdout.write(usage);
  else
    await run(
      flags,
      narrator((text) => process.stdout.write(text), process.stdout.columns, coloured),
      abort.signal,
    );
  process.exit(0);
} catch (error) {
  if (error instanceof LamplighterError) process.stderr.write(`${error.message}\n${error.fix}\n`);
  else process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
