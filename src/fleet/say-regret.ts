import { LamplighterError } from '../core/errors.ts';
import type { ComputeRef } from '../core/ids.ts';
import { addRegret, readSavings, type Saving } from '../ledger/savings.ts';
import { countInTally } from '../ledger/tallies.ts';
import type { Flow } from './flow.ts';

/** Later than this nobody remembers well enough what they were doing. */
const saidWithinMs = 7 * 86_400_000;
const triesOnConflict = 3;

function nothingToRegret(): LamplighterError {
  return new LamplighterError('Lamplighter has not stopped this compute in the last seven days.', {
    code: 'regret.conflict',
    fault: 'caller',
    fix: 'Its history says who or what stopped it: GET the compute.',
  });
}

/** "I was using it": notes that the last stop was wrong, once. Throws `regret.conflict` where there is no such stop. */
export async function sayRegret(flow: Flow, ref: ComputeRef, by: string): Promise<Saving> {
  const { ledger, clock } = flow.ports;
  const at = clock.now();
  for (let tries = 0; tries < triesOnConflict; tries += 1) {
    const [last] = await readSavings(ledger, ref, 1);
    if (last === undefined || at - last.saving.stoppedAt > saidWithinMs) throw nothingToRegret();
    const said = { at, how: 'said', by } as const;
    if (last.saving.regret !== null || (await addRegret(ledger, last, said))) {
      // Counted by the stop's id: saying it twice, or after a restart that was counted already, changes nothing.
      await countInTally(ledger, ref, 'regrets', last.saving.warningId, at);
      return { ...last.saving, regret: last.saving.regret ?? said };
    }
  }
  throw new LamplighterError('This compute is changing just now.', {
    code: 'ledger.contended',
    fault: 'lamplighter',
    retryable: true,
    fix: 'Send it again in a moment.',
  });
}
