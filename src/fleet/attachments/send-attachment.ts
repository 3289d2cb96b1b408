import type { AzureResult } from '../../ports/azure.ts';
import type { ComputeRef } from '../../core/ids.ts';
import type { AttachableKind } from '../../core/policy/kinds.ts';
import { type AttachmentBody, bodyToSend, type Secrets } from '../../core/targets/attachment-body.ts';
import { parseSecretAddress, type SecretAddresses } from '../../core/targets/attachment-secrets.ts';
import { readHalt } from '../../ledger/flags.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';

export type Sent =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'wait'; readonly until: number }
  /** Azure, or the Key Vault, refused; its words, without any secret. */
  | { readonly kind: 'refused'; readonly message: string };

const haltedAgainMs = 60_000;
const unansweredAgainMs = 15_000;

const withoutSecrets = (message: string, secrets: Secrets): string =>
  Object.values(secrets)
    .filter((value) => value !== '')
    .reduce((text, value) => text.replaceAll(value, '***'), message);

async function readSecrets(
  flow: Flow,
  addresses: SecretAddresses,
): Promise<{ readonly ok: true; readonly secrets: Secrets } | { readonly ok: false; readonly sent: Sent }> {
  const secrets: Record<string, string> = {};
  for (const [name, address] of Object.entries(addresses)) {
    const got = await flow.ports.attachments.secret(parseSecretAddress(address));
    if (got.ok) secrets[name] = got.value;
    else if (got.kind === 'throttled') return { ok: false, sent: { kind: 'wait', until: got.retryAt } };
    else if (got.kind === 'unanswered') {
      return { ok: false, sent: { kind: 'wait', until: flow.ports.clock.now() + unansweredAgainMs } };
    } else {
      const message = `The secret for ${name} cannot be read from its Key Vault: ${got.message}`;
      return { ok: false, sent: { kind: 'refused', message } };
    }
  }
  return { ok: true, secrets };
}

/**
 * The one call that attaches. The secrets live in this function alone: they are read here, sent to Azure, and forgotten;
 * what is thrown or answered holds none of them. `beforeCall` writes down that the call is being made.
 */
export async function sendAttachment(
  flow: Flow,
  target: {
    readonly ref: ComputeRef;
    readonly kind: AttachableKind;
    readonly body: AttachmentBody;
    readonly secrets: SecretAddresses;
    readonly tag: string;
  },
  beforeCall: () => Promise<boolean>,
): Promise<Sent> {
  const { attachments, clock, ledger } = flow.ports;
  const read = await readSecrets(flow, target.secrets);
  if (!read.ok) return read.sent;
  if (!(await beforeCall())) return { kind: 'wait', until: clock.now() + unansweredAgainMs };
  if ((await readHalt(ledger))?.halted === true) return { kind: 'wait', until: clock.now() + haltedAgainMs };
  const body = bodyToSend(target.kind, target.body, read.secrets, target.tag);
  let answer: AzureResult<'accepted'>;
  try {
    answer = await attachments.attach(target.ref, body);
  } catch (thrown) {
    // The error of a client may carry the request it was made for: it ends here.
    return { kind: 'refused', message: withoutSecrets(faultOf(thrown).message, read.secrets) };
  }
  if (answer.ok) return { kind: 'accepted' };
  switch (answer.kind) {
    case 'throttled':
      return { kind: 'wait', until: answer.retryAt };
    case 'unanswered':
      return { kind: 'wait', until: clock.now() + unansweredAgainMs };
    case 'missing':
    case 'forbidden':
    case 'conflict':
    case 'failed':
      return { kind: 'refused', message: withoutSecrets(faultOf(answer).message, read.secrets) };
  }
}
