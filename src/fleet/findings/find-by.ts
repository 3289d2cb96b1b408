import type { JudgeBy } from '../judge.ts';

/** What a search for findings goes by. */
export type FindBy = Omit<JudgeBy, 'tally'> & {
  /** Null: a look that an event brought forward, which changes nothing in Azure. */
  readonly sweepId: string | null;
};
