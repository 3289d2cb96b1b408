import { describe, expect, it } from 'vitest';
import { arrowsOf, brokenArrows, projectRoot, sourceFiles } from './arrows.ts';

describe('dependencies', () => {
  const files = sourceFiles(projectRoot);

  it('point inward everywhere', () => {
    expect(brokenArrows(files)).toEqual([]);
  });

  it('are really read: every relative import leads to a file that is there', () => {
    const known = new Set(files.map((file) => file.path));
    const relative = files.flatMap(arrowsOf).filter((arrow) => arrow.target.startsWith('src/'));

    expect(relative.length).toBeGreaterThan(50);
    expect(relative.filter((arrow) => !known.has(arrow.target))).toEqual([]);
  });

  it.each([
    ['core reading a port', 'src/core/idle/decide.ts', `import type { Clock } from '../../ports/clock.ts';`],
    ['core reading the file system', 'src/core/idle/decide.ts', `import { readFileSync } from 'node:fs';`],
    ['core loading Azure late', 'src/core/idle/decide.ts', `const x = await import('@azure/identity');`],
    ['a port with a value of core', 'src/ports/clock.ts', `import { shortHash } from '../core/ids.ts';`],
    [
      'a port with an adapter',
      'src/ports/clock.ts',
      `import type { X } from '../adapters/azure/transport.ts';`,
    ],
    [
      'a workflow reading the ledger',
      'src/workflows/stop.ts',
      `import { readHalt } from '../ledger/flags.ts';`,
    ],
    ['a workflow calling a port', 'src/workflows/stop.ts', `import { x, type Y } from '../ports/azure.ts';`],
    [
      'a workflow with an activity’s code',
      'src/workflows/stop.ts',
      `export { run } from '../activities/stop.ts';`,
    ],
    [
      'an activity choosing its adapter',
      'src/activities/stop.ts',
      `import { x } from '../adapters/memory/ledger.ts';`,
    ],
    [
      'a trigger choosing its adapter',
      'src/triggers/http/a.ts',
      `import\n  { x }\n  from '../../adapters/a.ts';`,
    ],
    [
      'a renderer reading the ledger',
      'src/present/page.ts',
      `import { readHalt } from '../ledger/flags.ts';`,
    ],
    ['the browser with server code', 'src/web/main.ts', `import { page } from '../present/page.ts';`],
    ['the app with the local run', 'src/app.ts', `import type { LocalClock } from './local/clock.ts';`],
    ['an adapter with the local run', 'src/adapters/x.ts', `require('../local/azure/server.ts')`],
    ['an adapter with a trigger', 'src/adapters/x.ts', `import { x } from '../triggers/wrap-http.ts';`],
    ['anything with the composition root', 'src/cli/main.ts', `import '../main.ts';`],
    ['anything with a test', 'src/local/main.ts', `import { x } from '../../test/support/world.ts';`],
  ])('are refused the wrong way round: %s', (_name, path, text) => {
    expect(brokenArrows([{ path, text }])).not.toEqual([]);
  });

  it.each([
    ['a comment', 'src/core/a.ts', `// import { x } from '../ports/clock.ts'\n/* import 'node:fs'; */`],
    [
      'types of a port in a workflow',
      'src/workflows/a.ts',
      `import { type A, type B } from '../ports/azure.ts';`,
    ],
    ['tables behind a port', 'src/adapters/a.ts', `import type { Ledger } from '../ports/ledger.ts';`],
    ['the command line with the simulation', 'src/cli/simulate.ts', `import { x } from '../local/sim.ts';`],
  ])('are accepted the right way round: %s', (_name, path, text) => {
    expect(brokenArrows([{ path, text }])).toEqual([]);
  });
});
