import { LamplighterError } from '../../core/errors.ts';
import type { Delivery, Message, Notifier } from '../../ports/notifier.ts';

/** What of Lamplighter's own surroundings may be out; outages of Azure are the simulated Azure's business. */
export type OutageArea = 'ledger' | 'teams';

export class Outages {
  readonly #spans: { readonly of: OutageArea; readonly fromAt: number; readonly toAt: number }[] = [];

  begin(of: OutageArea, fromAt: number, toAt: number): void {
    this.#spans.push({ of, fromAt, toAt });
  }

  isOut(of: OutageArea, now: number): boolean {
    return this.#spans.some((span) => span.of === of && span.fromAt <= now && now < span.toAt);
  }
}

export const ledgerUnavailable = (): LamplighterError =>
  new LamplighterError('The ledger cannot be reached.', {
    code: 'ledger.unavailable',
    fault: 'azure',
    retryable: true,
    fix: 'Nothing needs doing: it is tried again.',
  });

/** Accepts every message at once, as a scenario without a notifier says, but while `teams` is out. */
export function simulatedNotifier(
  isOut: () => boolean,
  onAccepted: (message: Message) => void | Promise<void>,
): Notifier {
  return {
    channel: 'teams',
    async send(message): Promise<Delivery> {
      if (isOut()) return { accepted: false, why: 'Teams cannot be reached', retryAt: null };
      await onAccepted(message);
      return { accepted: true, channel: 'teams' };
    },
  };
}
