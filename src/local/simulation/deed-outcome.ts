import { LamplighterError } from '../../core/errors.ts';
import type { DoorAnswer } from './people.ts';

/** What came of a deed, for the timeline. A refused one is told and is no fault of the scenario. */
export type DeedOutcome = { readonly reason: string; readonly sentence: string };

export const done = (sentence: string): DeedOutcome => ({ reason: 'done', sentence });
export const refused = (sentence: string): DeedOutcome => ({ reason: 'refused', sentence });

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What the app's door answered. */
export function answered({ ok, json }: DoorAnswer, sentence: string): DeedOutcome {
  if (ok) return done(sentence);
  return refused([textOf(json['detail']), textOf(json['try'])].filter((text) => text !== '').join(' '));
}

/** What Azure, or the world itself, says to somebody's act in Azure. */
export function inAzure(
  act: () => { readonly ok: true } | { readonly ok: false; readonly message: string },
  sentence: string,
): DeedOutcome {
  try {
    const outcome = act();
    return outcome.ok ? done(sentence) : refused(outcome.message);
  } catch (thrown) {
    if (thrown instanceof LamplighterError) return refused(thrown.message);
    throw thrown;
  }
}
