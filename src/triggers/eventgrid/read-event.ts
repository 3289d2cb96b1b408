import {
  type ComputeRef,
  parseComputeArmId,
  parseResourceGroupName,
  parseSubscriptionId,
  parseWorkspaceName,
  type WorkspaceRef,
} from '../../core/ids.ts';

/** Why an event is set aside: none of these can succeed when it comes again. */
export const setAsideReasons = [
  'malformed',
  'oversized',
  'unknown-version',
  'unknown-type',
  'wrong-topic',
  'not-a-compute',
  'other-subscription',
  'other-workspace',
  'unsuccessful',
  'own',
  'too-many',
  'fault',
] as const;
export type SetAsideReason = (typeof setAsideReasons)[number];

/** An event as far as it is believed: that something may have changed there. Whoever sent it may say anything. */
export type ReadEvent =
  | { readonly kind: 'compute'; readonly ref: ComputeRef; readonly actors: readonly string[] }
  | { readonly kind: 'run'; readonly workspace: WorkspaceRef; readonly run: string }
  | { readonly kind: 'set-aside'; readonly reason: SetAsideReason };

type Fields = Readonly<Record<string, unknown>>;
const recordOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Event Grid takes at most 1 MB; ours have a few kilobytes. */
const largestEvent = 256 * 1024;
const computes = 'microsoft.machinelearningservices/workspaces/computes/';
const resourceTypes = /^Microsoft\.Resources\.Resource(Write|Delete|Action)(Success|Failure|Cancel)$/i;
const runTypes = /^Microsoft\.MachineLearningServices\.Run(Completed|StatusChanged)$/i;
const workspaceTopic =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.machinelearningservices\/workspaces\/([^/]+)\/?$/i;
const subscriptionTopic = /^\/subscriptions\/([^/]+)(?:\/resourcegroups\/[^/]+)?\/?$/i;
const runName = /^(?!\.)[-\w.]{1,255}$/;

const setAside = (reason: SetAsideReason): ReadEvent => ({ kind: 'set-aside', reason });

type Envelope = {
  readonly type: string;
  readonly topic: string;
  readonly subject: string;
  readonly data: Fields;
};

/** Both schemas in one: the Event Grid schema, and CloudEvents 1.0. */
function envelopeOf(event: Fields): Envelope | SetAsideReason {
  const isCloud = event['specversion'] !== undefined;
  if (isCloud ? event['specversion'] !== '1.0' : !/^[12](\.0)?$/.test(textOf(event['dataVersion']) ?? '')) {
    return event['eventType'] === undefined && !isCloud ? 'malformed' : 'unknown-version';
  }
  const [type, topic] = isCloud ? ['type', 'source'] : ['eventType', 'topic'];
  const read = { type: textOf(event[type]), topic: textOf(event[topic]), subject: textOf(event['subject']) };
  if (textOf(event['id']) === null || read.type === null || read.topic === null || read.subject === null)
    return 'malformed';
  return { type: read.type, topic: read.topic, subject: read.subject, data: recordOf(event['data']) };
}

/** Who did it, by every id the event gives: object id and application id, lower-cased. */
function actorsOf(data: Fields): readonly string[] {
  const claims = recordOf(data['claims']);
  const named = ['http://schemas.microsoft.com/identity/claims/objectidentifier', 'oid', 'appid'];
  return named.flatMap((name) => textOf(claims[name])?.toLowerCase() ?? []);
}

function readRun({ topic, subject, data }: Envelope): ReadEvent {
  const [, subscription, group, workspace] = workspaceTopic.exec(topic) ?? [];
  const run = textOf(data['runId']) ?? /\/runs\/([^/]+)$/.exec(subject)?.[1] ?? '';
  if (subscription === undefined) return setAside('wrong-topic');
  if (!runName.test(run)) return setAside('malformed');
  const ref = {
    subscriptionId: parseSubscriptionId(subscription),
    resourceGroup: parseResourceGroupName(group),
    workspace: parseWorkspaceName(workspace),
  };
  return { kind: 'run', workspace: ref, run };
}

function readChange({ type, topic, subject, data }: Envelope): ReadEvent {
  if (!subject.toLowerCase().includes('/workspaces/') || !subject.toLowerCase().includes('/computes/')) {
    return setAside('not-a-compute');
  }
  const ref = parseComputeArmId(subject);
  const stated = subscriptionTopic.exec(topic)?.[1]?.toLowerCase();
  if (stated !== ref.subscriptionId) return setAside('wrong-topic');
  const operation = textOf(data['operationName']);
  if (operation !== null && !operation.toLowerCase().startsWith(computes)) return setAside('not-a-compute');
  if (!/Success$/i.test(type)) return setAside('unsuccessful');
  return { kind: 'compute', ref, actors: actorsOf(data) };
}

/** Reads an event of either schema. Never throws, whatever the event is. */
export function readEvent(event: unknown): ReadEvent {
  try {
    const fields = recordOf(event);
    if (JSON.stringify(fields).length > largestEvent) return setAside('oversized');
    const envelope = envelopeOf(fields);
    if (typeof envelope === 'string') return setAside(envelope);
    if (runTypes.test(envelope.type)) return readRun(envelope);
    return resourceTypes.test(envelope.type) ? readChange(envelope) : setAside('unknown-type');
  } catch {
    return setAside('malformed');
  }
}
