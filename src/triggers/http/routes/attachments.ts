import { z } from 'zod';
import { type Caller, personOf } from '../../../auth/caller.ts';
import { LamplighterError } from '../../../core/errors.ts';
import { secretNames } from '../../../core/targets/attachment-secrets.ts';
import { submitAttach, submitDetach, submitReattach } from '../../../fleet/attachments/submit-request.ts';
import {
  type AttachmentRequest,
  listAttachmentRequests,
  readAttachmentRequest,
} from '../../../ledger/attachment-requests.ts';
import {
  attachmentChangeView,
  attachmentChangeViewOf,
} from '../../../present/json/attachment-change-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { answer, route, type Route } from '../route.ts';

const requestAnswer = attachmentChangeView.extend({ formatVersion });

const accepted = (request: AttachmentRequest) =>
  answer(
    202,
    { formatVersion: 1, ...attachmentChangeViewOf(request) },
    { location: `/api/attachments/${request.requestId}` },
  );

const shortText = z.string().trim().min(1).max(200);
const secrets = z
  .strictObject(Object.fromEntries(secretNames.map((name) => [name, z.string().max(300).optional()])))
  .default({})
  .transform((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
  .meta({
    description:
      'Key Vault secrets by their address, https://VAULT.vault.azure.net/secrets/NAME; never a secret itself',
  });
const properties = z
  .record(z.string().max(100), z.unknown())
  .refine((value) => JSON.stringify(value).length <= 20_000, { error: 'at most 20,000 characters' })
  .meta({
    description: 'Properties of the kind’s own, as Azure Resource Manager takes them, without secrets',
  });
const tags = z.record(z.string().min(1).max(512), z.string().max(256));

const attachBody = z.strictObject({
  workspace: shortText.max(1024).meta({ description: 'Name or ARM id of the Azure ML workspace' }),
  name: shortText,
  kind: shortText.meta({ description: 'As /api/targets lists them' }),
  resourceId: z.string().max(1024).optional(),
  region: shortText.optional(),
  localAuth: z.boolean().default(true),
  description: z.string().max(500).optional(),
  properties: properties.default({}),
  tags: tags.default({}),
  secrets,
});
const reattachBody = z
  .strictObject({
    resourceId: z.string().max(1024).optional(),
    localAuth: z.boolean().optional(),
    tags: tags.optional(),
    properties: properties.default({}),
    secrets,
    oldSecrets: secrets,
    noWayBack: z
      .boolean()
      .default(false)
      .meta({ description: 'Go on although the old attachment could not be put back' }),
  })
  .default({ properties: {}, secrets: {}, oldSecrets: {}, noWayBack: false });

function notFound(): LamplighterError {
  return new LamplighterError('There was no such change of an attachment in the last 90 days.', {
    code: 'attachment.not-found',
    fault: 'caller',
    field: 'attachmentId',
    fix: 'GET /api/attachments lists the latest.',
  });
}

const asking = (call: { readonly caller: Caller; readonly idempotencyKey: string | null }) => ({
  by: personOf(call.caller),
  key: call.idempotencyKey ?? '',
});

/** Attaching targets to workspaces, taking them off, and changing them, which Azure only knows as both. */
export const attachments = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const creating = {
    method: 'POST',
    access: 'admin',
    creates: true,
    usesDurable: true,
    answers: { status: 202, schema: requestAnswer },
  } as const;
  return [
    route(
      {
        ...creating,
        name: 'httpAttach',
        path: 'attachments',
        summary:
          'Attaches a target to a workspace once it breaks no rule; how it goes is where Location says',
        body: attachBody,
      },
      async (call) => {
        const { resourceId, region, description, ...rest } = call.body;
        const asked = {
          ...rest,
          resourceId: resourceId ?? null,
          region: region ?? null,
          description: description ?? null,
        };
        return accepted(await submitAttach(flow, call.durable, asked, asking(call)));
      },
    ),
    route(
      {
        ...creating,
        name: 'httpDetach',
        path: `${computePathTemplate}/detach`,
        params: computeParams,
        summary: 'Takes a target off its workspace if nothing uses it; what it points at stays',
      },
      async (call) => accepted(await submitDetach(flow, call.durable, call.params, asking(call))),
    ),
    route(
      {
        ...creating,
        name: 'httpReattach',
        path: `${computePathTemplate}/reattach`,
        params: computeParams,
        summary: 'Detaches a target and attaches it again with changes; puts the old one back if that fails',
        body: reattachBody,
      },
      async (call) => {
        const { resourceId, localAuth, tags: given, properties: own, noWayBack, ...named } = call.body;
        const change = {
          resourceId: resourceId ?? null,
          localAuth: localAuth ?? null,
          tags: given ?? null,
          properties: own,
        };
        const asked = { change, acceptsNoWayBack: noWayBack, ...named };
        return accepted(await submitReattach(flow, call.durable, call.params, asked, asking(call)));
      },
    ),
    route(
      {
        name: 'httpAttachmentsList',
        method: 'GET',
        path: 'attachments',
        access: 'admin',
        summary: 'Changes of attachments that were asked for, the newest first',
        query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
        answers: {
          status: 200,
          schema: z.object({ formatVersion, attachments: z.array(attachmentChangeView) }),
        },
      },
      async ({ query }) => {
        const found = await listAttachmentRequests(ports.ledger, query.limit);
        return answer(200, { formatVersion: 1, attachments: found.map(attachmentChangeViewOf) });
      },
    ),
    route(
      {
        name: 'httpAttachmentsRead',
        method: 'GET',
        path: 'attachments/{attachmentId}',
        access: 'admin',
        summary: 'How a change of an attachment goes',
        params: z.object({ attachmentId: z.string().regex(/^[-\w]{1,64}$/, 'is not the id of a change') }),
        answers: { status: 200, schema: requestAnswer },
      },
      async ({ params }) => {
        const stored = await readAttachmentRequest(ports.ledger, params.attachmentId);
        if (stored === null) throw notFound();
        return answer(200, { formatVersion: 1, ...attachmentChangeViewOf(stored.request) });
      },
    ),
  ];
};
