import { computeKey, type ComputeRef } from '../core/ids.ts';
import { LamplighterError } from '../core/errors.ts';
import { type Alert, insertAlert, putAlert, readAlert } from '../ledger/alerts.ts';
import type { Delivery, Message } from '../ports/notifier.ts';
import type { Flow } from './flow.ts';

const pagePath = '/api/dashboard';
/** The page with its eye on one compute. Messages link to pages only: link previews follow links, and nothing may happen by that. */
export const pagePathOf = (ref: ComputeRef): string =>
  `${pagePath}?compute=${encodeURIComponent(computeKey(ref))}`;

/** Delivers a message; a notifier that fails in whatever way has not accepted it. */
export async function deliver(flow: Flow, message: Message): Promise<Delivery> {
  try {
    return await flow.ports.notifier.send(message);
  } catch (thrown) {
    const why = thrown instanceof LamplighterError ? thrown.message : 'the notifier failed';
    return { accepted: false, why, retryAt: null };
  }
}

/** Tells the admins once about one situation. Told later if it cannot be told now: whoever raises it again tries again. */
export async function alertOnce(
  flow: Flow,
  alert: Pick<Alert, 'alertId' | 'code' | 'title' | 'sentence'>,
): Promise<void> {
  const { ledger, clock } = flow.ports;
  const raised: Alert = { ...alert, at: clock.now(), deliveredAt: null };
  const isNew = (await insertAlert(ledger, raised)) !== null;
  const stored = isNew ? raised : await readAlert(ledger, alert.alertId);
  if (stored === null || stored.deliveredAt !== null) return;
  const delivery = await deliver(flow, {
    id: stored.alertId,
    kind: 'alert',
    to: null,
    compute: null,
    title: stored.title,
    sentence: stored.sentence,
    links: [{ label: 'Open Lamplighter', path: pagePath }],
  });
  if (delivery.accepted) await putAlert(ledger, { ...stored, deliveredAt: clock.now() });
}
