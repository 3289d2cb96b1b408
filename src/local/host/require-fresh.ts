import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';

/**
 * Requires a CommonJS file as if for the first time, with everything below its own folder outside `node_modules`: a rebuilt app must not
 * find module state of its former life. Packages stay cached; they are the same code in every life.
 */
export function requireFresh(file: string): unknown {
  const require = createRequire(file);
  const folder = dirname(require.resolve(file)) + sep;
  for (const cached of Object.keys(require.cache)) {
    const own = cached.startsWith(folder) && !cached.slice(folder.length).split(sep).includes('node_modules');
    if (own) delete require.cache[cached];
  }
  return require(file) as unknown;
}
