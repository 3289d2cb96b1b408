import { computeKey, type ComputeRef } from '../core/ids.ts';
import { LamplighterError } from '../core/errors.ts';
import { type Alert, insertAlert, listAlerts, putAlert } from '../ledger/alerts.ts';
import type { Delivery, Message } from '../ports/notifier.ts';
import type { Flow } from './flow.ts';

export const pagePath = '/api/dashboard';
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

async function deliverAlert(flow: Flow, alert: Alert): Promise<void> {
  const delivery = await deliver(flow, {
    id: alert.alertId,
    kind: 'alert',
    to: null,
    compute: null,
    title: alert.title,
    sentence: alert.sentence,
    links: [{ label: 'Open Lamplighter', path: pagePath }],
  });
  if (delivery.accepted) {
    await putAlert(flow.ports.ledger, { ...alert, deliveredAt: flow.ports.clock.now() });
  }
}

/** Tells the admins once about one situation; what cannot be told now is told by a later sweep. */
export async function alertOnce(
  flow: Flow,
  alert: Pick<Alert, 'alertId' | 'code' | 'title' | 'sentence'>,
): Promise<void> {
  const raised: Alert = { ...alert, at: flow.ports.clock.now(), deliveredAt: null };
  const isNew = (await insertAlert(flow.ports.ledger, raised)) !== null;
  if (isNew) await deliverAlert(flow, raised);
}

const toldWithinMs = 7 * 86_400_000;

/** Alerts that could not be delivered when they were raised. */
export async function deliverWaitingAlerts(flow: Flow): Promise<void> {
  const since = flow.ports.clock.now() - toldWithinMs;
  for (const alert of await listAlerts(flow.ports.ledger)) {
    if (alert.deliveredAt === null && alert.at > since) await deliverAlert(flow, alert);
  }
}
