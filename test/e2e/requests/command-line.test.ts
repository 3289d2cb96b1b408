import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AppDoor } from '../../../src/cli/request/app-door.ts';
import { followRequest, progressText, requestOf } from '../../../src/cli/request/follow-request.ts';
import { minute, type ProvisionWorld, provisionWorld } from '../../support/provision-world.ts';

const doorOf = (world: ProvisionWorld): AppDoor => ({
  call: (method, path, body, key = randomUUID()) =>
    world.ask(method, path, { as: 'ada', key, ...(body === undefined ? {} : { body }) }),
});
const asked = { workspace: 'ws1', vmSize: 'Standard_DS3_v2', name: 'ci-ada' };

describe('a request from the command line', () => {
  it('is followed through its workflow to its end', async () => {
    const world = await provisionWorld();
    const door = doorOf(world);
    const lines: string[] = [];
    const first = requestOf(await door.call('POST', '/api/requests', asked));
    const ended = await followRequest(door, first, {
      show: (seen) => lines.push(progressText(seen, world.clock.now())),
      wait: () => world.runFor(minute),
    });
    expect(ended).toMatchObject({ status: 'completed', compute: { compute: 'ci-ada' } });
    expect(lines[0]).toBe('ci-ada is about to be made, 0 min');
    expect(lines.at(-1)).toMatch(/^ci-ada is being made, \d min$/);
  });

  it('that is refused says each rule and what to do', async () => {
    const world = await provisionWorld({ policy: 'version: 1\nsizes: { deny: [Standard_D*] }\n' });
    const reply = await doorOf(world).call('POST', '/api/requests', asked);
    expect(() => requestOf(reply)).toThrow(
      expect.objectContaining({
        code: 'refuse.size.denied',
        message: expect.stringContaining('Choose another size'),
      }),
    );
  });

  it('bears a moment in which the app cannot answer', async () => {
    const world = await provisionWorld();
    const door = doorOf(world);
    const first = requestOf(await door.call('POST', '/api/requests', asked));
    let calls = 0;
    const shaky: AppDoor = {
      call: async (...given) => {
        calls += 1;
        return calls % 2 === 1 ? { status: 503, json: {} } : door.call(...given);
      },
    };
    const ended = await followRequest(shaky, first, {
      show: () => undefined,
      wait: () => world.runFor(minute),
    });
    expect(ended.status).toBe('completed');
  });
});
