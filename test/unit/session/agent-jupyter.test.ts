import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { fakeJupyter, lists } from '../../support/fake-jupyter.ts';
import { fakeMachine, inMinutes, reportOf } from '../../support/fake-machine.ts';

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();
const kernel = (execution_state: string, secondsAgo = 7200) => ({
  id: 'k',
  name: 'python3',
  execution_state,
  last_activity: ago(secondsAgo),
  connections: 1,
});
const terminal = (secondsAgo: number) => ({ name: '1', last_activity: ago(secondsAgo) });
type Answer = Parameters<typeof fakeJupyter>[0];

/** A machine with one Jupyter server, which says of itself in its runtime file what `said` adds. */
async function look(answer: Answer, said: Record<string, unknown> = {}) {
  const jupyter = await fakeJupyter(answer);
  const file = {
    pid: 77,
    port: jupyter.port,
    token: 'token-1',
    base_url: '/',
    secure: false,
    hostname: 'localhost',
    url: `http://localhost:${jupyter.port}/`,
    ...said,
  };
  const root = fakeMachine({
    processes: [
      { pid: 77, comm: 'jupyter-lab', uid: 1000, cmdline: '/anaconda/bin/python /anaconda/bin/jupyter-lab' },
    ],
    files: { 'home/azureuser/.local/share/jupyter/runtime/jpserver-77.json': JSON.stringify(file) },
  });
  return { report: await reportOf(root), jupyter };
}

const raw =
  (status: number, body: string) =>
  (_name: string, response: ServerResponse): void => {
    response.writeHead(status);
    response.end(body);
  };

describe('the agent beside Jupyter', () => {
  it.each<[string, Answer, object, number | null]>([
    ['without kernels', lists({}), { kernels: 'idle', terminals: 'idle' }, null],
    ['with a busy kernel', lists({ kernels: [kernel('idle'), kernel('busy')] }), { kernels: 'busy' }, 7200],
    [
      'with a busy kernel of a session alone',
      lists({ sessions: [{ kernel: kernel('busy') }] }),
      { kernels: 'busy' },
      7200,
    ],
    [
      'with a kernel that is starting for ever',
      lists({ kernels: [kernel('starting')] }),
      { kernels: 'idle' },
      7200,
    ],
    [
      'with a kernel that ran a cell and is idle again',
      lists({ kernels: [kernel('idle', 30)] }),
      { kernels: 'idle' },
      30,
    ],
    ['with a terminal that moves', lists({ terminals: [terminal(4)] }), { terminals: 'busy' }, 4],
    ['with a terminal that rests', lists({ terminals: [terminal(600)] }), { terminals: 'idle' }, 600],
  ])('%s', async (_what, answer, expected, secondsAgo) => {
    const { report } = await look(answer);

    expect(report).toMatchObject(expected);
    expect(inMinutes(report['lastInputSecondsAgo'])).toBe(inMinutes(secondsAgo));
  });

  it.each<[string, Answer]>([
    ['refuses the token', raw(403, '{}')],
    ['answers nonsense', raw(200, 'nonsense')],
    ['answers more than a list can be', raw(200, `[${'1,'.repeat(1 << 20)}1]`)],
    ['answers something that is no list', raw(200, '7')],
    [
      'redirects elsewhere',
      (_name, response) => response.writeHead(302, { location: 'http://example.com/' }).end(),
    ],
    ['does not answer', () => undefined],
  ])('that %s knows nothing of kernels, and still reports the rest', async (_what, answer) => {
    const { report } = await look(answer);

    expect(report).toMatchObject({ kernels: null, terminals: null, processes: 'idle', ssh: 'idle' });
  });

  it('whose terminals are switched off has none', async () => {
    const { report } = await look((name, response) =>
      name === 'terminals' ? raw(404, '')(name, response) : lists({})(name, response),
    );

    expect(report).toMatchObject({ kernels: 'idle', terminals: 'idle' });
  });

  it('asks at its base path, with its token, and so that Jupyter does not take it for use', async () => {
    const { jupyter } = await look(lists({}), { base_url: '/user/ada/' });

    expect(jupyter.asked.map(({ url }) => url)).toEqual(
      ['kernels', 'sessions', 'terminals'].map((name) => `/user/ada/api/${name}?no_track_activity=1`),
    );
    expect(new Set(jupyter.asked.map(({ authorization }) => authorization))).toEqual(
      new Set(['token token-1']),
    );
  });

  it('goes nowhere but to this machine, whatever a runtime file says', async () => {
    const { report, jupyter } = await look(lists({ kernels: [kernel('busy')] }), {
      hostname: 'example.com',
      url: 'http://example.com:1/',
    });

    expect([report['kernels'], jupyter.asked.length]).toEqual(['busy', 3]);
  });

  it('does not trust a runtime file whose server is gone', async () => {
    const { report, jupyter } = await look(lists({ kernels: [kernel('busy')] }), { pid: 78 });

    expect([report['kernels'], jupyter.asked.length]).toEqual(['idle', 0]);
  });
});
