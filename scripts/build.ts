import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import type { AgentFiles } from '../src/agent/agent-files.ts';
import type { WebAssets } from '../src/present/web-assets.ts';
import { englishOnly, lateRequires, sdkEntry, sdkFile, sdksApart } from './deferred-packages.ts';

const root = join(dirname(import.meta.filename), '..');
const shared = { bundle: true, legalComments: 'none', logLevel: 'warning' } as const satisfies BuildOptions;
const forNode = {
  ...shared,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // Names stay: they appear in logs and in Durable's failure texts, and shortening them made loading no faster.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: 'linked',
} as const satisfies BuildOptions;

/** The dashboard's script and style as text: the function app serves them itself, there is no other web server. */
export async function buildWebAssets(): Promise<WebAssets> {
  const result = await build({
    ...shared,
    entryPoints: [join(root, 'src/web/main.ts')],
    format: 'iife',
    target: 'es2022',
    minify: true,
    write: false,
  });
  return {
    script: result.outputFiles[0]?.text ?? '',
    style: await readFile(join(root, 'src/web/style.css'), 'utf8'),
  };
}

/** The session agent's files as they are: machines get exactly what is in the repository. */
export async function readAgentFiles(): Promise<AgentFiles> {
  const [installer, script] = await Promise.all(
    ['install.sh', 'session-agent.py'].map((name) => readFile(join(root, 'src/agent', name), 'utf8')),
  );
  return { installer: installer ?? '', script: script ?? '' };
}

/**
 * The function app as CommonJS: `main.cjs` is what Azure Functions loads, and the local host; beside it lies one file
 * with the Azure SDKs, read when Azure is first spoken with. Nothing else is needed but `@azure/functions-core`.
 */
export async function buildApp(folder = join(root, 'dist')): Promise<string> {
  const outfile = join(folder, 'main.cjs');
  const { script, style } = await buildWebAssets();
  const agent = await readAgentFiles();
  await Promise.all([
    build({
      ...forNode,
      entryPoints: [join(root, 'src/main.ts')],
      outfile,
      // The Functions worker answers for this one; a bundled copy would register with nobody.
      external: ['@azure/functions-core'],
      plugins: [sdksApart, lateRequires, englishOnly],
      define: {
        DASHBOARD_SCRIPT: JSON.stringify(script),
        DASHBOARD_STYLE: JSON.stringify(style),
        SESSION_AGENT_INSTALLER: JSON.stringify(agent.installer),
        SESSION_AGENT_SCRIPT: JSON.stringify(agent.script),
      },
    }),
    build({ ...forNode, stdin: sdkEntry, outfile: join(folder, sdkFile) }),
  ]);
  return outfile;
}

if (import.meta.main) {
  const outfile = await buildApp();
  for (const file of [outfile, join(dirname(outfile), sdkFile)]) {
    const { size } = await stat(file);
    console.log(`${file.slice(root.length + 1)}: ${(size / 1e6).toFixed(1)} MB`);
  }
}
