import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildApp } from '../scripts/build.ts';

/**
 * Processor time that loading the app takes, bundled and from node_modules: medians of fresh processes, as a ratio.
 * (Time on the clock says the same on a quiet machine and nothing on a busy one.) `node bench/app-load.ts [runs]`
 */
const root = join(import.meta.dirname, '..');
const runs = Number(process.argv[2] ?? 9);

const settings = {
  LAMPLIGHTER_SUBSCRIPTIONS: '11111111-0000-4000-8000-000000000001',
  LAMPLIGHTER_POLICY: 'policy.yaml',
  LAMPLIGHTER_TENANT_ID: '22222222-0000-4000-8000-000000000002',
  LAMPLIGHTER_AUDIENCE: 'api://lamplighter',
  LAMPLIGHTER_LEDGER_ENDPOINT: 'https://ledger.table.core.windows.net',
};

const loader = `
const { Module } = require('node:module');
const original = Module.prototype.require;
let functions = 0;
const disposable = { dispose() {} };
Module.prototype.require = function (id) {
  if (id !== '@azure/functions-core') return original.call(this, id);
  return {
    version: '3.9.1', hostVersion: '4.1037.0', log() {}, setProgrammingModel() {}, getProgrammingModel() {},
    registerFunction() { functions += 1; return disposable; }, registerHook: () => disposable,
  };
};
const before = process.cpuUsage();
require(process.argv[2]);
const used = process.cpuUsage(before);
const ms = (used.user + used.system) / 1000;
console.log(JSON.stringify({ ms, functions, files: Object.keys(require.cache).length }));
`;

type Load = { readonly ms: number; readonly functions: number; readonly files: number };

// Inside the checkout, so that the unbundled app finds its packages.
const folder = mkdtempSync(join(root, 'node_modules/.app-load-'));
try {
  const loaderFile = join(folder, 'load.cjs');
  writeFileSync(loaderFile, loader);
  const bundled = await buildApp(join(folder, 'bundled'));
  const unbundled = join(folder, 'unbundled.cjs');
  await build({
    entryPoints: [join(root, 'src/main.ts')],
    outfile: unbundled,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    logLevel: 'warning',
  });

  const load = (file: string): Load =>
    JSON.parse(
      execFileSync(process.execPath, [loaderFile, file], {
        env: { ...process.env, ...settings },
        encoding: 'utf8',
      }),
    ) as Load;
  const median = (loads: readonly Load[]): number =>
    loads.map((one) => one.ms).sort((one, other) => one - other)[Math.floor(loads.length / 2)] ?? Number.NaN;

  const measured = { bundled: [] as Load[], unbundled: [] as Load[] };
  // The first of each warms the disk's cache; taking turns spreads whatever else the machine does.
  for (let run = 0; run <= runs; run += 1) {
    const pair = { bundled: load(bundled), unbundled: load(unbundled) };
    if (run === 0) continue;
    measured.bundled.push(pair.bundled);
    measured.unbundled.push(pair.unbundled);
  }
  const [fast, slow] = [median(measured.bundled), median(measured.unbundled)];
  console.log(
    `app load: bundled ${fast.toFixed(0)} ms, unbundled ${slow.toFixed(0)} ms (${measured.unbundled[0]?.files} files), ` +
      `ratio ${(fast / slow).toFixed(2)}, ${measured.bundled[0]?.functions} functions, Node ${process.version}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
