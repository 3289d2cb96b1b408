import type { CallersAzure } from '../../azure/callers-azure.ts';
import type { AppDoor } from '../../door/app-door.ts';
import type { ProbeClient } from './probe-client.ts';
import type { ProbeSubject } from './subject.ts';

/** `settled`: what was found answers it; `open`: it does not, and `found` says why. */
export type Finding = {
  readonly state: 'settled' | 'open';
  readonly found: string;
  /** The values that the words are made of. */
  readonly facts: Readonly<Record<string, unknown>>;
};

export type ProbeContext = {
  readonly azure: CallersAzure;
  readonly subject: ProbeSubject;
  readonly client: ProbeClient;
  /** The deployed app; null: not given. */
  readonly door: AppDoor | null;
};

/** Something that no documentation settles, and that reads on a live workspace can. */
export type Question = {
  readonly id: string;
  readonly question: string;
  readonly ask: (context: ProbeContext) => Promise<Finding>;
};

export const settled = (found: string, facts: Finding['facts'] = {}): Finding => ({
  state: 'settled',
  found,
  facts,
});
export const open = (found: string, facts: Finding['facts'] = {}): Finding => ({
  state: 'open',
  found,
  facts,
});
