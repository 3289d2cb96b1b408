import { defineCommand } from 'citty';

/** Every command of the command line, loaded when it is used. */
export const commands = defineCommand({
  meta: { name: 'lamplighter', description: 'Turns idle Azure Machine Learning compute off, and says why' },
  subCommands: {
    instance: () => import('./commands/instance.ts').then((module) => module.instance),
    request: () => import('./commands/request.ts').then((module) => module.request),
    simulate: () => import('./commands/simulate.ts').then((module) => module.simulate),
  },
});
