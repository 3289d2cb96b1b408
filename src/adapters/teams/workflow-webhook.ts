import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Secret } from '../../config/secret.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Delivery, Message, Notifier } from '../../ports/notifier.ts';
import { retryAt } from '../azure/retry-after.ts';
import { createNetwork, type NetworkOptions } from '../azure/transport.ts';

export type WorkflowWebhookOptions = NetworkOptions & {
  /** The URL is a secret: its `sig` lets anybody post. */
  readonly webhook: Secret;
  /** Makes the JSON that Teams is sent. */
  readonly render: (message: Message) => unknown;
  readonly clock: Clock;
};

const channel = 'teams';
const hosts = ['logic.azure.com', 'powerplatform.com', 'api.powerautomate.com'];
/** What Teams takes. */
const maxBytes = 28 * 1024;
const defaultTimeoutMs = 30_000;

/** The URL, if it is of a Workflows host. Throws `setting.invalid`; the error says nothing of the URL. */
function workflowUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isWorkflow =
    url?.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  if (url !== null && isWorkflow) return url;
  throw new LamplighterError('The Teams webhook is not the URL of a Workflows webhook.', {
    code: 'setting.invalid',
    fault: 'deployment',
    field: 'LAMPLIGHTER_TEAMS_WEBHOOK_URL',
    fix: `Give the https URL of a Teams workflow, on a host that ends in ${hosts.join(', ')}.`,
  });
}

/** Teams' own error code, where it has the form of one; its words may repeat the secret URL. */
function codeOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown } };
    return typeof error?.code === 'string' && /^\w{1,60}$/.test(error.code) ? ` (${error.code})` : '';
  } catch {
    return '';
  }
}

const refused = (why: string, at: number | null = null): Delivery => ({ accepted: false, why, retryAt: at });

async function post(client: HttpClient, url: URL, body: string, clock: Clock): Promise<Delivery> {
  const { createHttpHeaders, createPipelineRequest } = await import('@azure/core-rest-pipeline');
  const headers = createHttpHeaders({ 'content-type': 'application/json', 'user-agent': 'lamplighter' });
  const request = createPipelineRequest({ url: url.href, method: 'POST', body, headers });
  const answer = await client.sendRequest(request);
  if (answer.status === 200 || answer.status === 202) return { accepted: true, channel };
  if (answer.status === 429 || answer.status === 503) {
    return refused(`Teams asks to wait (${answer.status}).`, retryAt(answer.headers, clock.now()));
  }
  return refused(`Teams answered ${answer.status}${codeOf(answer.bodyAsText ?? '')}.`);
}

/** Posts messages as Adaptive Cards to a Teams workflow. Accepted means that Teams took it, not that somebody read it. */
export function createWorkflowWebhook(options: WorkflowWebhookOptions): Notifier {
  const url = workflowUrl(options.webhook.reveal());
  const client = createNetwork({ ...options, timeoutMs: options.timeoutMs ?? defaultTimeoutMs });
  return {
    channel,
    async send(message) {
      const body = JSON.stringify(options.render(message));
      const bytes = Buffer.byteLength(body);
      if (bytes > maxBytes) return refused(`The card has ${bytes} bytes; Teams takes ${maxBytes}.`);
      try {
        return await post(client, url, body, options.clock);
      } catch (error) {
        // Error texts of the network may carry the URL; the code cannot.
        const code = (error as { readonly code?: unknown } | null)?.code;
        const shown = typeof code === 'string' && /^\w{1,40}$/.test(code) ? ` (${code})` : '';
        return refused(`Teams could not be reached${shown}.`);
      }
    },
  };
}
