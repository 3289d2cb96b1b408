import type { Violation } from './violation.ts';

/** How the probes reach the app: a host's `request`. */
export type ProbeRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
};
export type ProbeResponse = {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
};
export type ProbedHost = { request(request: ProbeRequest): Promise<ProbeResponse> };

/** Something whose every member, however deep, is a function that throws `thrown`: ports of a world where nothing works. */
export function everythingThrows(thrown: unknown): never {
  const target = (): never => {
    throw thrown;
  };
  return new Proxy(target, {
    get: (_, key) => (key === 'then' ? undefined : everythingThrows(thrown)),
  }) as never;
}

/** Every failure of these requests is told as `application/problem+json`: a bare 500, or the 204 of a thrown `undefined`, is not. */
export async function bareFailures(
  host: ProbedHost,
  requests: readonly ProbeRequest[],
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const request of requests) {
    const { status, headers } = await host.request(request);
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    const told = status < 400 ? status !== 204 : type.startsWith('application/problem+json');
    if (told) continue;
    violations.push({
      rule: 'bare-failure',
      where: `${request.method} ${request.target}`,
      problem: `It answers ${status} without a problem+json body.`,
    });
  }
  return violations;
}

/** Events that can never succeed are answered with success: any other answer brings the whole batch again. */
export async function rejectedEvents(
  host: ProbedHost,
  webhook: { readonly functionName: string; readonly systemKey: string },
  hopelessEvents: readonly object[],
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const event of hopelessEvents) {
    const { status } = await host.request({
      method: 'POST',
      target: `/runtime/webhooks/eventgrid?functionName=${webhook.functionName}`,
      headers: [
        ['aeg-event-type', 'Notification'],
        ['x-functions-key', webhook.systemKey],
      ],
      body: new TextEncoder().encode(JSON.stringify([event])),
    });
    if (status === 202) continue;
    violations.push({
      rule: 'rejected-event',
      where: webhook.functionName,
      problem: `It answers ${status} to an event that can never succeed: ${JSON.stringify(event)}.`,
    });
  }
  return violations;
}
