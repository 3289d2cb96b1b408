import type { JudgeBy } from '../judge.ts';

/** What a sweep's search for findings goes by. */
export type FindBy = Omit<JudgeBy, 'tally'> & { readonly sweepId: string };
