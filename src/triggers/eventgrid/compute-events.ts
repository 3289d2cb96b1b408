import { app, type EventGridEvent, type InvocationContext } from '@azure/functions';
import { getClient, input } from 'durable-functions';
import { inScope } from '../../config/in-scope.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { WorkspaceRef } from '../../core/ids.ts';
import { bringForward, type LookedAt } from '../../fleet/reconcile/bring-forward.ts';
import type { Flow } from '../../fleet/flow.ts';
import { countEvent, countEventKind } from '../../ledger/attach-events.ts';
import { wrapEventGrid } from '../wrap-event-grid.ts';
import { eventKindOf } from './event-kind.ts';
import { readEvent, type SetAsideReason } from './read-event.ts';

/** The name under which an event subscription finds it. */
export const eventFunction = 'computeEvents';

/** Own ids change only with a deployment; a token is asked for no more often than this. */
const idsKnownForMs = 15 * 60_000;

function ownIds(flow: Flow): () => Promise<ReadonlySet<string>> {
  let known: { readonly at: number; readonly ids: ReadonlySet<string> } | null = null;
  return async () => {
    const now = flow.ports.clock.now();
    if (known !== null && now - known.at < idsKnownForMs) return known.ids;
    const ids = await flow.ports.ownIdentity.ids();
    if (ids.size > 0) known = { at: now, ids };
    return ids;
  };
}

/**
 * Takes the events of the subscriptions' resources and of the workspaces' runs, in either schema. What an event says is
 * only a reason to look; what can never be of use is counted and answered with success, so that it does not come again.
 */
export function registerComputeEvents(flow: Flow): void {
  const { ledger, clock } = flow.ports;
  const idsOf = ownIds(flow);
  const setAside = (reason: SetAsideReason): Promise<void> =>
    countEvent(ledger, 'set-aside', reason, clock.now());

  const outOfReach = (ref: WorkspaceRef): SetAsideReason | null => {
    if (!flow.scope.subscriptions.includes(ref.subscriptionId)) return 'other-subscription';
    return inScope(flow.scope, ref) ? null : 'other-workspace';
  };

  /** A look that could not be asked for is worth the event's coming again. */
  async function ask(context: InvocationContext, what: LookedAt): Promise<void> {
    try {
      const asked = await bringForward(flow, getClient(context), what);
      if (asked === 'too-many') await setAside('too-many');
    } catch (thrown) {
      if (thrown instanceof LamplighterError) throw thrown;
      throw new LamplighterError('A look could not be asked for.', {
        code: 'workflow.unavailable',
        fault: 'azure',
        retryable: true,
        fix: 'Nothing needs doing: the event comes again, and the next sweep looks at everything.',
        cause: thrown,
      });
    }
  }

  async function handle(event: EventGridEvent, context: InvocationContext): Promise<void> {
    const read = readEvent(event);
    if (read.kind === 'set-aside') return setAside(read.reason);
    const ref = read.kind === 'compute' ? read.ref : read.workspace;
    const why = outOfReach(ref);
    if (why !== null) return setAside(why);
    await countEvent(ledger, 'arrived', ref.subscriptionId, clock.now());
    const kind = eventKindOf(event);
    if (kind !== null) await countEventKind(ledger, kind, clock.now());
    if (read.kind === 'compute') {
      const own = read.actors.length === 0 ? null : await idsOf();
      if (own !== null && read.actors.some((actor) => own.has(actor))) return setAside('own');
      return ask(context, { kind: 'compute', ref: read.ref });
    }
    return ask(context, read);
  }

  app.eventGrid(eventFunction, {
    extraInputs: [input.durableClient()],
    handler: wrapEventGrid(handle, () => setAside('fault')),
  });
}
