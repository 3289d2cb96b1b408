import type { OrchestrationContext } from 'durable-functions';

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;

/** The workflow's time: that of the episode, the same at every replay. */
export const nowOf = (context: OrchestrationContext): number => context.df.currentUtcDateTime.getTime();
