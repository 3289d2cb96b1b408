import { expandResourceId, objectIdOf } from '../azure/index.ts';
import { answered, refused, type DeedOutcome } from './deed-outcome.ts';
import type { DoorAnswer } from './people.ts';
import type { Deed } from './scenario/types.ts';
import type { Stage } from './stage.ts';

type RequestDeed = Extract<Deed, { do: 'request' }>;
export type SendKeyed = (
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  key?: string,
) => Promise<DoorAnswer>;

/** Every key, password and token of a scenario exists; a request has to say this one. */
const publicKey = `ssh-ed25519 ${'A'.repeat(68)} scenario`;

function bodyOf(deed: RequestDeed): object {
  return {
    workspace: deed.workspace,
    vmSize: deed.vmSize,
    ...(deed.for === deed.by ? {} : { for: objectIdOf(deed.for) }),
    ...(deed.name === null ? {} : { name: deed.name }),
    ...(deed.ssh === true ? { ssh: true, sshPublicKey: publicKey } : {}),
    ...(deed.publicIp === null ? {} : { publicIp: deed.publicIp }),
    ...(deed.subnet === null ? {} : { subnet: expandResourceId(deed.subnet) }),
    tags: deed.tags,
    ...(deed.waitingList ? { waitingList: true } : {}),
    ...(deed.autoStart ? { autoStart: true } : {}),
  };
}

/** Somebody asks for a machine, as often as the deed says, with one key. */
export async function requestMachine(
  stage: Stage,
  send: SendKeyed,
  deed: RequestDeed,
  key: string,
): Promise<DeedOutcome> {
  let last: DoorAnswer = { ok: false, json: {} };
  const posts = Array.from({ length: deed.repeat }, () => send('POST', '/api/requests', bodyOf(deed), key));
  for (const post of posts) {
    const answer = await post;
    stage.requests.answered(deed.id, answer);
    if (answer.ok || !last.ok) last = answer;
  }
  stage.expectMachine(deed);
  return answered(last, `${deed.by} asks for ${deed.vmSize} in ${deed.workspace}.`);
}

/** Somebody decides about a request, or takes it back. */
export async function decideRequest(
  stage: Stage,
  send: SendKeyed,
  deed: Extract<Deed, { do: 'approve' | 'reject' | 'cancel' }>,
): Promise<DeedOutcome> {
  const requestId = stage.requests.requestIdOf(deed.id);
  if (requestId === null) return refused(`There is no request ${deed.id}.`);
  const words = { approve: 'approves', reject: 'rejects', cancel: 'cancels' } as const;
  const answer = await send('POST', `/api/requests/${requestId}/${deed.do}`);
  return answered(answer, `${deed.by} ${words[deed.do]} ${deed.id}.`);
}
