import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFolder, replaceFile } from '../../../src/local/run/state-folder.ts';

describe('the state of a local run', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lamplighter-state-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is taken up where a run was cut off', () => {
    const first = openStateFolder(folder, false);
    replaceFile(first.azureFile, '{}');
    first.save(1_000, false);

    const second = openStateFolder(folder, false);

    expect(second.resumeAt).toBe(1_000);
    expect(existsSync(second.azureFile)).toBe(true);
  });

  it.each([
    { because: 'the last run ended in order', ended: true, fresh: false },
    { because: 'somebody asked for it', ended: false, fresh: true },
  ])('begins anew because $because', ({ ended, fresh }) => {
    const first = openStateFolder(folder, false);
    replaceFile(first.azureFile, '{}');
    first.save(1_000, ended);

    const second = openStateFolder(folder, fresh);

    expect(second.resumeAt).toBeNull();
    expect(existsSync(second.azureFile)).toBe(false);
  });

  it('that is damaged is refused by name, not overwritten', () => {
    writeFileSync(join(folder, 'run.json'), '{"formatVersion":1,');

    expect(() => openStateFolder(folder, false)).toThrow('run.json is not what a run of Lamplighter writes');
    expect(existsSync(join(folder, 'run.json'))).toBe(true);
  });

  it.each([false, true])('is left to a run that goes on in it (fresh: %s)', (fresh) => {
    const first = openStateFolder(folder, false);
    replaceFile(first.azureFile, '{}');
    first.save(1_000, false);
    writeFileSync(join(folder, 'run.pid'), String(process.ppid));

    expect(() => openStateFolder(folder, fresh)).toThrow(`Another run (process ${process.ppid})`);
    expect(existsSync(first.azureFile)).toBe(true);
  });

  it('is taken over from a record too old to be of a run that goes on, whoever has its process id', () => {
    openStateFolder(folder, false).save(1_000, false);
    writeFileSync(join(folder, 'run.pid'), String(process.ppid));
    utimesSync(join(folder, 'run.json'), 0, 0);

    expect(openStateFolder(folder, false).resumeAt).toBe(1_000);
  });
});
