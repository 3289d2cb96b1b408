import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { acceleratedClock } from '../../adapters/accelerated-clock.ts';
import { type AzurePorts, createAzurePorts } from '../../adapters/azure/azure-ports.ts';
import { ledgerOrigin } from '../../adapters/azure/ledger-origin.ts';
import { readOnlyClient } from '../../adapters/azure/read-only-client.ts';
import { listSubscriptions, type VisibleSubscription } from '../../adapters/azure/subscriptions.ts';
import { type AzureTransport, createAzureTransport, createNetwork } from '../../adapters/azure/transport.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import type { Scope } from '../../config/settings.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { SubscriptionId } from '../../core/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { callersCredential, checkSignIn } from './callers-credential.ts';
import type { CallersSettings } from './callers-settings.ts';
import { noteRefusals, type Refusal } from './noted-refusals.ts';

/** Takes the place of network, sign-in, time and the deployment's tables in tests. */
export type Stand = {
  readonly httpClient?: HttpClient;
  readonly credential?: TokenCredential;
  readonly clock?: Clock;
  readonly ledger?: Ledger;
};

/** Azure as the caller may see it, and nothing that could change it. */
export type CallersAzure = {
  readonly clock: Clock;
  readonly credential: TokenCredential;
  readonly transport: AzureTransport;
  readonly ports: AzurePorts;
  readonly scope: Scope;
  readonly subscriptions: readonly VisibleSubscription[];
  /** What Azure did not let the caller do so far. */
  readonly refusals: () => readonly Refusal[];
};

const clockOf = ({ clock }: CallersSettings): Clock =>
  clock === null || clock === undefined ? systemClock : acceleratedClock(clock, systemClock);

function unlisted(message: string): LamplighterError {
  return new LamplighterError(`Your subscriptions cannot be listed: ${message}`, {
    code: 'cli.no-subscriptions',
    fault: 'azure',
    retryable: true,
    fix: 'Name them with --subscription, or try again.',
  });
}

const nothing = (): LamplighterError =>
  new LamplighterError('Your sign-in sees no subscription.', {
    code: 'cli.no-subscriptions',
    fault: 'caller',
    fix: 'Run "az login" to the right tenant, or ask for the role Reader on a subscription.',
  });

/**
 * Opens Azure with the caller's own sign-in. Every request passes a guard that lets reads alone through. Throws
 * `cli.not-signed-in` and `cli.no-subscriptions`.
 */
export async function openCallersAzure(settings: CallersSettings, stand: Stand = {}): Promise<CallersAzure> {
  const clock = stand.clock ?? clockOf(settings);
  const credential = stand.credential ?? callersCredential(settings);
  await checkSignIn(credential, settings);
  const notes = noteRefusals();
  const network = stand.httpClient ?? createNetwork({ loopbackOrigin: null });
  const origins = [
    ...(settings.ledger === null ? [] : [ledgerOrigin(settings.ledger)]),
    ...(settings.policy?.kind === 'blob' ? [new URL(settings.policy.url).origin] : []),
  ];
  const transportTo = (subscriptions: readonly SubscriptionId[]): AzureTransport =>
    createAzureTransport({
      clock,
      subscriptions,
      storageOrigins: origins,
      listing: true,
      loopbackOrigin: settings.loopback,
      httpClient: readOnlyClient(notes.client(network)),
    });

  let visible: readonly VisibleSubscription[];
  if (settings.subscriptions === null) {
    const listed = await listSubscriptions(transportTo([]), credential);
    if (!listed.ok) throw unlisted(listed.message);
    if (listed.value.length === 0) throw nothing();
    visible = listed.value;
  } else visible = settings.subscriptions.map((subscriptionId) => ({ subscriptionId, name: subscriptionId }));

  const subscriptions = visible.map(({ subscriptionId }) => subscriptionId);
  const transport = transportTo(subscriptions);
  return {
    clock,
    credential,
    transport,
    ports: createAzurePorts(transport, { reader: credential, stopper: credential, provisioner: credential }),
    scope: { subscriptions, workspaces: settings.workspaces },
    subscriptions: visible,
    refusals: notes.all,
  };
}
