import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const root = join(dirname(import.meta.filename), '..');
const requireHere = createRequire(import.meta.url);

/** Adapters import these when they first speak with Azure; together they are larger than all the rest. */
const sdks = [
  '@azure/arm-machinelearning',
  '@azure/core-rest-pipeline',
  '@azure/data-tables',
  '@azure/identity',
  '@azure/monitor-query',
];
export const sdkFile = 'azure-sdks.cjs';

/** The second file: the SDKs, each initialised when it is first asked for, their common parts held once. */
export const sdkEntry = {
  resolveDir: root,
  sourcefile: 'azure-sdks.js',
  contents: `module.exports = {\n${sdks.map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)}),`).join('\n')}\n};`,
};

/** Leads each dynamic import of an SDK to the second file, so that loading the app need not read it. */
export const sdksApart: Plugin = {
  name: 'sdks-apart',
  setup(build) {
    build.onResolve({ filter: /^@azure\// }, ({ path, kind }) =>
      kind === 'dynamic-import' && sdks.includes(path) ? { path, namespace: 'sdk' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'sdk' }, ({ path }) => ({
      contents: `module.exports = require('./${sdkFile}')[${JSON.stringify(path)}]();`,
    }));
    build.onResolve({ filter: /azure-sdks\.cjs$/ }, ({ path }) => ({ path, external: true }));
  },
};

/**
 * Packages that durable-functions requires when it is loaded and uses at its first call: a quarter of the load time
 * of the app. It reads them member by member, or calls them, so a proxy that requires on first use is the same to it.
 */
const usedLate = ['axios', 'moment', 'validator'];

export const lateRequires: Plugin = {
  name: 'late-requires',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${usedLate.join('|')})$`) }, ({ path, importer, namespace }) =>
      namespace === 'late' || !importer.includes('durable-functions')
        ? undefined
        : { path, namespace: 'late' },
    );
    build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      resolveDir: dirname(requireHere.resolve('durable-functions')),
      contents: `module.exports = new Proxy(function () {}, {
        get: (_, name) => require(${JSON.stringify(path)})[name],
        apply: (_, self, given) => Reflect.apply(require(${JSON.stringify(path)}), self, given),
      });`,
    }));
  },
};

/** zod carries its messages in fifty languages; ours are written here, in English. */
export const englishOnly: Plugin = {
  name: 'english-only',
  setup(build) {
    build.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
  },
};
