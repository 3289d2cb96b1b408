import { actionRoutes } from './arm-actions.ts';
import { answerForeignResource, foreignResourcePath } from './arm-resources.ts';
import { answerSingle, type MetricsSettings } from './metrics-wire.ts';
import { ArmGate } from './arm-gate.ts';
import { compileRoutes, matchRoute, type ArmRequest, type ArmRoute } from './arm-route.ts';
import { computeRoutes } from './arm-computes.ts';
import { endpointRoutes } from './arm-endpoints.ts';
import { permissionRoutes } from './arm-permissions.ts';
import { roleAssignmentRoutes } from './arm-role-assignments.ts';
import { catalogueRoutes } from './arm-catalogues.ts';
import { findWorkspace, workspacePath } from './arm-lookup.ts';
import { isObject, type JsonObject } from './json.ts';
import { locationRoutes } from './arm-locations.ts';
import { errorAnswer, type WireRequest, type WireResponse } from './wire.ts';
import { workspaceRoutes } from './arm-workspaces.ts';
import type { AzureParts } from './azure-parts.ts';

export type ArmSettings = MetricsSettings & {
  /** Whether ARM's token buckets are in force. */
  readonly throttling: boolean;
};

function parseBody(text: string | null): JsonObject | null {
  if (text === null || text === '') return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

const apiVersionPattern = /^\d{4}-\d{2}-\d{2}(?:-[a-z]+)?$/i;

const singleMetrics = (settings: MetricsSettings): ArmRoute => ({
  method: 'GET',
  path: `${workspacePath}/providers/Microsoft.Insights/metrics`,
  operation: 'metrics',
  areas: ['metrics'],
  handle: (request, parts) => {
    const found = findWorkspace(request, parts);
    return 'missing' in found ? found.missing : answerSingle(found.found, request.query, parts, settings);
  },
});

const withHeaders = (response: WireResponse, headers: Readonly<Record<string, string>>): WireResponse =>
  response.kind === 'lost' ? response : { ...response, headers: { ...response.headers, ...headers } };

/** `management.azure.com`. */
export class ArmHost {
  readonly #parts: AzureParts;
  readonly #gate: ArmGate;
  readonly #routes: ReturnType<typeof compileRoutes>;

  constructor(parts: AzureParts, settings: ArmSettings) {
    this.#parts = parts;
    this.#gate = new ArmGate(parts.faults, settings.throttling);
    this.#routes = compileRoutes([
      ...computeRoutes,
      ...actionRoutes,
      ...workspaceRoutes,
      ...endpointRoutes,
      ...catalogueRoutes,
      ...permissionRoutes,
      ...roleAssignmentRoutes,
      ...locationRoutes,
      singleMetrics(settings),
    ]);
  }

  async handle(wire: WireRequest): Promise<WireResponse> {
    const { clock, tokens, log } = this.#parts;
    const by = await tokens.principalOf(wire.headers['authorization']);
    if (by === null) {
      return errorAnswer(
        401,
        'AuthenticationFailed',
        'Authentication failed. The Authorization header is missing or not valid.',
      );
    }
    const now = clock.now();
    const url = new URL(wire.url);
    const matched = matchRoute(this.#routes, wire.method, url.pathname);
    const body = parseBody(wire.body);
    const request: ArmRequest = {
      method: wire.method,
      url,
      params: matched?.params ?? {},
      query: url.searchParams,
      body: body ?? {},
      apiVersion: url.searchParams.get('api-version') ?? '',
      by,
      now,
    };
    const foreign = matched === null && wire.method === 'GET' && foreignResourcePath.test(url.pathname);
    if (matched === null && !foreign) {
      log.unknownRequests.push({ at: now, method: wire.method, url: wire.url });
      return errorAnswer(404, 'InvalidResourceType', `The resource type could not be found: ${url.pathname}`);
    }
    const operation = matched?.route.operation ?? 'resources';
    log.count(typeof operation === 'function' ? operation(request) : operation);
    const areas = ['arm' as const, ...(matched?.route.areas ?? [])];
    const admission = this.#gate.admit(areas, wire.method, url, by, now);
    if (!admission.ok) return admission.response;
    if (body === null) {
      return errorAnswer(400, 'InvalidRequestContent', 'The request content is not a JSON object.');
    }
    if (!apiVersionPattern.test(request.apiVersion)) {
      return errorAnswer(
        400,
        request.apiVersion === '' ? 'MissingApiVersionParameter' : 'InvalidApiVersionParameter',
        'The api-version query parameter (?api-version=) is required for all requests.',
      );
    }
    const response =
      matched === null
        ? answerForeignResource(url.pathname, this.#parts)
        : matched.route.handle(request, this.#parts);
    return withHeaders(response, admission.headers);
  }
}
