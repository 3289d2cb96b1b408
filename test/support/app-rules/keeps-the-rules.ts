import type { FunctionApp } from '../../../src/local/host/types.ts';
import { watchWorkflows } from './watch-workflows.ts';

/**
 * The app as it is, but that an episode in which a workflow breaks a rule fails loudly: the fault is thrown where the episode runs, so that
 * whoever runs it, a test or a simulation, ends there.
 */
export function keepsTheRules(app: FunctionApp): FunctionApp {
  const { app: watched, violations } = watchWorkflows(app);
  const invoke: FunctionApp['invoke'] = async (request) => {
    const known = violations.length;
    const outcome = await watched.invoke(request);
    const broken = violations.slice(known);
    if (broken.length === 0) return outcome;
    throw new Error(broken.map(({ rule, where, problem }) => `${rule}: ${where}: ${problem}`).join('\n'));
  };
  return new Proxy(watched, {
    get: (target, key) => (key === 'invoke' ? invoke : (Reflect.get(target, key) as unknown)),
  });
}
