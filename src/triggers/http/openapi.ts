import { z } from 'zod';
import { stampHeaders } from '../../core/session/signed-request.ts';
import type { AgentRoute } from './agent-route.ts';
import { problemSchema } from './problem.ts';
import type { OpenRoute, Route } from './route.ts';

type Json = Record<string, unknown>;

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...shape } = property;
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: shape,
    };
  });
}

const idempotencyHeader: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'A fresh value for each new request, the same one when it is repeated',
  schema: { type: 'string', minLength: 8, maxLength: 128 },
};
const problemAnswer: Json = {
  description: 'What is wrong and what to try',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function operationOf(route: Route): Json {
  return {
    operationId: route.name,
    summary: route.summary,
    security: [{ entra: [] }],
    ...(route.access === 'admin' ? { description: 'For the app role Lamplighter.Admin.' } : {}),
    parameters: [
      ...parametersOf(route.params, 'path'),
      ...parametersOf(route.query, 'query'),
      ...(route.creates === undefined ? [] : [idempotencyHeader]),
    ],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse(undefined).success,
            content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
          },
        }),
    responses: {
      [route.answers.status]: {
        description: 'Done',
        content: { 'application/json': { schema: schemaOf(route.answers.schema, 'output') } },
      },
      default: problemAnswer,
    },
  };
}

const stampMeanings: Readonly<Record<keyof typeof stampHeaders, string>> = {
  keyId: 'The first 32 hex digits of the SHA-256 of the public key (SubjectPublicKeyInfo, DER)',
  sentAt: 'Milliseconds since 1970, within five minutes of now',
  counter: 'A number that grows with each request under this key',
  signature: 'ECDSA on P-256 with SHA-256, DER, base64',
};
const openOperationOf = (route: OpenRoute): Json => ({
  operationId: route.name,
  summary: route.summary,
  security: [],
  responses: { 200: { description: 'Done', content: { [route.contentType]: {} } }, default: problemAnswer },
});

const stampParameters = Object.entries(stampHeaders).map(
  ([part, name]): Json => ({
    name,
    in: 'header',
    required: true,
    description: stampMeanings[part as keyof typeof stampHeaders],
    schema: { type: 'string' },
  }),
);

const agentOperationOf = (route: AgentRoute): Json => ({
  operationId: route.name,
  summary: route.summary,
  description: 'For session agents: signed with the key of one compute.',
  security: [{ agentKey: [] }],
  parameters: stampParameters,
  ...(route.body === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
        },
      }),
  responses: {
    [route.answers.status]: {
      description: 'Done',
      content: { 'application/json': { schema: schemaOf(route.answers.schema, 'output') } },
    },
    default: problemAnswer,
  },
});

/** The OpenAPI 3.1 description of all routes, made from the schemas that requests are parsed with. */
export function openApiOf(
  routes: readonly Route[],
  openRoutes: readonly OpenRoute[],
  forAgents: readonly AgentRoute[] = [],
): Json {
  const paths: Record<string, Json> = {};
  const add = (path: string, method: string, operation: Json) => {
    paths[`/api/${path}`] = { ...paths[`/api/${path}`], [method]: operation };
  };
  for (const route of openRoutes) add(route.path, 'get', openOperationOf(route));
  for (const route of forAgents) add(route.path, route.method.toLowerCase(), agentOperationOf(route));
  for (const route of routes) add(route.path, route.method.toLowerCase(), operationOf(route));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lamplighter',
      version: '1',
      description: 'Turns idle Azure Machine Learning compute off, and says why.',
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, 'output') },
      securitySchemes: {
        agentKey: {
          type: 'apiKey',
          in: 'header',
          name: stampHeaders.signature,
          description: 'A signature over stamp and body; see docs/session-agent.md',
        },
        entra: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An Entra access token' },
      },
    },
  };
}
