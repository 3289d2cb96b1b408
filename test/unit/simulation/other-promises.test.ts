import { afterEach, describe, expect, it } from 'vitest';
import { HubState } from '../../../src/local/durable/hub-state.ts';
import { hangingWorkflows } from '../../../src/local/simulation/promises/hanging-workflows.ts';
import { StrayRejections } from '../../../src/local/simulation/promises/stray-rejections.ts';
import { Simulation } from '../../../src/local/simulation/simulation.ts';
import { smallScenario } from '../../support/small-scenario.ts';

describe('a request that Azure does not know', () => {
  it('breaks a promise, once', async () => {
    const simulation = new Simulation(smallScenario({ duration: '10m' }), 1);
    await simulation.stage.azure.handle({
      method: 'GET',
      url: 'https://management.azure.com/subscriptions/nowhere/pianos',
      headers: { authorization: `Bearer ${simulation.stage.azure.staticToken()}` },
      body: null,
    });
    await simulation.run();
    const broken = simulation.keeper.violations.filter(({ promise }) => promise === 'known-requests');
    expect(broken).toEqual([
      {
        promise: 'known-requests',
        at: '0s',
        detail: 'GET https://management.azure.com/subscriptions/nowhere/pianos',
      },
    ]);
  });
});

describe('a rejection that nobody takes', () => {
  // The test runner listens, too, and would fail for it.
  const others = process.listeners('unhandledRejection');
  afterEach(() => {
    for (const other of others) process.on('unhandledRejection', other);
  });

  it('is heard of until one stops listening', async () => {
    process.removeAllListeners('unhandledRejection');
    const strays = new StrayRejections();
    void Promise.reject(new Error('left alone'));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(strays.take()).toEqual(['left alone']);
    expect(strays.take()).toEqual([]);
    strays.letGo();
    expect(process.listeners('unhandledRejection')).toEqual([]);
  });
});

describe('a workflow', () => {
  const row = {
    instanceId: 'stop-1',
    executionId: 'e',
    name: 'stop',
    version: null,
    status: 'Running',
    input: null,
    output: null,
    customStatus: null,
    createdAt: 0,
    updatedAt: 0,
    generation: 0,
    parent: null,
    sourceInstanceId: null,
  } as const;

  it('that waits for nothing hangs', () => {
    const state = new HubState();
    state.apply({ change: 'putInstance', row });
    expect(hangingWorkflows(state)).toEqual(['stop stop-1']);
  });

  it('that waits for a step, or has ended, does not', () => {
    const state = new HubState();
    state.apply({ change: 'putInstance', row });
    state.apply({ change: 'putInstance', row: { ...row, instanceId: 'stop-2', status: 'Completed' } });
    state.apply({
      change: 'putActivity',
      activity: {
        id: 1,
        instanceId: 'stop-1',
        executionId: 'e',
        taskId: 0,
        name: 'secondLook',
        input: null,
        visibleAt: 0,
        deliveries: 0,
      },
    });
    expect(hangingWorkflows(state)).toEqual([]);
  });
});
