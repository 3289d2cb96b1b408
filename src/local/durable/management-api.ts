import { answerList, answerPurge, answerPurgeMany } from './answer-lists.ts';
import { answerOperation, answerRaise } from './answer-messages.ts';
import { answerStart } from './answer-start.ts';
import { answerStatus } from './answer-status.ts';
import type { DurableEngine } from './durable-engine.ts';
import {
  empty,
  json,
  notOffered,
  type ManagementRequest,
  type ManagementResponse,
} from './management-answers.ts';
import type { ManagementCall } from './management-call.ts';
import type { ManagementAddress } from './management-links.ts';
import { managementRoute, type ManagementRoute } from './management-route.ts';

/**
 * The HTTP management API as the extension answers it, under `/runtime/webhooks/durabletask/` and, for the client in the app, under
 * `/durabletask/`. Calls only change the hub; only start-and-wait waits, by the engine's clock. A fenced engine answers 503.
 */
export class ManagementApi {
  readonly #engine: DurableEngine;
  readonly #address: ManagementAddress;

  constructor(engine: DurableEngine, address: ManagementAddress) {
    this.#engine = engine;
    this.#address = address;
  }

  async handle(request: ManagementRequest): Promise<ManagementResponse> {
    if (this.#engine.fenced) return json(503, { Message: 'This life of the Durable engine is over.' });
    const url = URL.parse(request.url);
    const route = url === null ? null : managementRoute(url.pathname);
    if (url === null || route === null) return empty(404);
    const call = { engine: this.#engine, address: this.#address, request, url, parameters: url.searchParams };
    return answer(route, call);
  }
}

async function answer(route: ManagementRoute, call: ManagementCall): Promise<ManagementResponse> {
  const method = call.request.method.toUpperCase();
  switch (route.kind) {
    case 'start':
      return method === 'POST' ? answerStart(call, route.name, route.instanceId) : empty(404);
    case 'instances':
      if (method === 'GET') return answerList(call);
      return method === 'DELETE' ? answerPurgeMany(call) : empty(404);
    case 'instance':
      if (method === 'GET') return answerStatus(call, route.instanceId);
      return method === 'DELETE' ? answerPurge(call, route.instanceId) : empty(404);
    case 'raiseEvent':
      return method === 'POST' ? answerRaise(call, route.instanceId, route.eventName) : empty(404);
    case 'operation':
      return method === 'POST' ? answerOperation(call, route.instanceId, route.operation) : empty(404);
    case 'entities':
      return notOffered('entities');
  }
}
