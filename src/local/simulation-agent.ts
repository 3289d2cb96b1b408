import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { SessionReport } from '../core/activity/types.ts';
import type { ComputeRef, ObjectId } from '../core/ids.ts';
import type { ReportBody } from '../core/session/report-body.ts';
import { keyIdOf, signedBytes, type SignedPurpose, stampHeaders } from '../core/session/signed-request.ts';
import { enrolDirectly } from '../fleet/enrol-directly.ts';
import type { Flow } from '../fleet/flow.ts';

export type AgentRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** A report as the agent of a machine would send it. */
export const bodyOf = (report: SessionReport): ReportBody => {
  const { at, lastInputAt, ...seen } = report;
  return {
    version: 1,
    ...seen,
    lastInputSecondsAgo: lastInputAt === null ? null : Math.max(0, (at - lastInputAt) / 1000),
  };
};

/** The signing half of a session agent: what its Python script does with openssl. */
export class SimulatedAgent {
  readonly keyId: string;
  /** SubjectPublicKeyInfo in base64. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;
  #counter = 0;

  constructor() {
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
    this.publicKey = spki.toString('base64');
    this.keyId = keyIdOf(spki);
    this.#privateKey = pair.privateKey;
  }

  /** Enrols this agent for a compute, without a code. */
  async enrol(flow: Flow, ref: ComputeRef, owner: ObjectId | null): Promise<void> {
    await enrolDirectly(flow, { ref, owner, publicKey: this.publicKey });
  }

  /** A signed request; the body is JSON, or bytes as they are. */
  request(purpose: SignedPurpose, body: object | Uint8Array, at: number): AgentRequest {
    const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
    const counter = Math.max(this.#counter + 1, at);
    this.#counter = counter;
    return this.stamped(purpose, bytes, { sentAt: at, counter });
  }

  /** A signed request with a stamp of the caller's choice. */
  stamped(
    purpose: SignedPurpose,
    body: Uint8Array,
    stamp: { readonly sentAt: number; readonly counter: number; readonly keyId?: string },
  ): AgentRequest {
    const whole = { keyId: this.keyId, ...stamp };
    const signature = sign('sha256', signedBytes(purpose, whole, body), this.#privateKey);
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.length),
        [stampHeaders.keyId]: whole.keyId,
        [stampHeaders.sentAt]: String(whole.sentAt),
        [stampHeaders.counter]: String(whole.counter),
        [stampHeaders.signature]: signature.toString('base64'),
      },
    };
  }
}
