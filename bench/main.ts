import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Every measure, each in a process of its own, as one table. Asserts nothing. `npm run bench -- quiet-sweep` runs the
 * named ones only.
 */
const benches = ['decisions', 'app-load', 'sweep-calls', 'quiet-sweep', 'large-fleets', 'simulation'];
const asked = process.argv.slice(2);
const run = promisify(execFile);

console.log('| measure | measured |\n| --- | --- |');
for (const bench of asked.length === 0 ? benches : asked) {
  if (!benches.includes(bench)) {
    console.error(`There is no measure "${bench}"; there are ${benches.join(', ')}.`);
    process.exitCode = 1;
    continue;
  }
  const file = join(import.meta.dirname, `${bench}.ts`);
  const ended = await run(process.execPath, [file]).catch(
    (error: unknown) => error as { stdout?: string; message: string },
  );
  for (const line of (ended.stdout ?? '').split('\n').filter((one) => one !== '')) {
    const [name, ...value] = line.split(': ');
    console.log(`| ${name} | ${value.join(': ')} |`);
  }
  if ('message' in ended) console.log(`| ${bench} | ended early: ${ended.message.split('\n')[0]} |`);
}
