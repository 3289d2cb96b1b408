import { afterEach, describe, expect, it } from 'vitest';
import { sendRecorded } from '../../support/host/send-recorded.ts';
import { startCrashingHost, type CrashingHost } from '../../support/host/start-crashing-host.ts';

let host: CrashingHost | undefined;
afterEach(() => host?.stop());

async function statusOf(running: CrashingHost, path: string): Promise<unknown> {
  const answer = await sendRecorded(running.port, { method: 'GET', path, headers: {} });
  return 'status' in answer ? answer.status : answer.error;
}

describe('a promise that nobody waited for', () => {
  it('does no harm to an app that listens for such, however often it happens', async () => {
    host = await startCrashingHost('careful');
    // Their handlers never end; what matters is that nothing ends them.
    const ends: unknown[] = [];
    for (let time = 0; time < 4; time += 1)
      void statusOf(host, '/api/unhandled').then((end) => ends.push(end));
    while (host.lines.filter((line) => line.includes('nobody waited')).length < 4) {
      expect(await statusOf(host, '/api/ok')).toBe(200);
    }
    expect(await statusOf(host, '/api/ok')).toBe(200);
    expect(ends).toEqual([]);
  });

  it('is a crash for an app that does not: what runs fails, and the third ends the host', async () => {
    host = await startCrashingHost();
    expect([
      await statusOf(host, '/api/unhandled'),
      await statusOf(host, '/api/ok'),
      await statusOf(host, '/api/unhandled'),
      await statusOf(host, '/api/unhandled'),
    ]).toEqual([500, 200, 500, 500]);
    expect(await host.ended).toBe(1);
  });
});
