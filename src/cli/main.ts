#!/usr/bin/env node
import { defineCommand, runMain } from 'citty';

await runMain(
  defineCommand({
    meta: { name: 'lamplighter', description: 'Turns idle Azure Machine Learning compute off, and says why' },
    subCommands: {
      request: () => import('./commands/request.ts').then((module) => module.request),
      simulate: () => import('./commands/simulate.ts').then((module) => module.simulate),
    },
  }),
);
