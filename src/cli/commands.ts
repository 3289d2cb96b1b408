import { defineCommand } from 'citty';

/** Every command of the command line, loaded when it is used. */
export const commands = defineCommand({
  meta: { name: 'lamplighter', description: 'Turns idle Azure Machine Learning compute off, and says why' },
  subCommands: {
    explain: () => import('./commands/explain.ts').then((module) => module.explain),
    instance: () => import('./commands/instance.ts').then((module) => module.instance),
    plan: () => import('./commands/plan.ts').then((module) => module.plan),
    request: () => import('./commands/request.ts').then((module) => module.request),
    simulate: () => import('./commands/simulate.ts').then((module) => module.simulate),
  },
});
