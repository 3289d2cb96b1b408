import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(dirname(import.meta.filename), '..');
const shared = { bundle: true, minify: true, legalComments: 'none', logLevel: 'warning' } as const;

/** The dashboard's script as text: the function app serves it itself, there is no other web server. */
async function browserScript(): Promise<string> {
  const result = await build({
    ...shared,
    entryPoints: [join(root, 'src/web/main.ts')],
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return result.outputFiles[0]?.text ?? '';
}

/** One CommonJS file: what Azure Functions runs, and the local host, with nothing beside it but `@azure/functions-core`. */
export async function buildApp(outfile = join(root, 'dist/main.cjs')): Promise<string> {
  await build({
    ...shared,
    entryPoints: [join(root, 'src/main.ts')],
    outfile,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // The Functions worker answers for this one; a bundled copy would register with nobody.
    external: ['@azure/functions-core'],
    sourcemap: 'linked',
    // Names of classes and functions appear in logs and in Durable's failure texts.
    keepNames: true,
    define: {
      DASHBOARD_SCRIPT: JSON.stringify(await browserScript()),
      DASHBOARD_STYLE: JSON.stringify(await readFile(join(root, 'src/web/style.css'), 'utf8')),
    },
  });
  return outfile;
}

if (import.meta.main) {
  const outfile = await buildApp();
  const { size } = await stat(outfile);
  console.log(`${outfile.slice(root.length + 1)}: ${(size / 1e6).toFixed(1)} MB`);
}
