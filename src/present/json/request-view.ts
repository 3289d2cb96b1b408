import { z } from 'zod';
import type { Recreation } from '../../core/provision/recreation.ts';
import type { MachineRequest } from '../../ledger/requests.ts';
import { addressOf } from './compute-address.ts';
import { computeAddress, instant, instantOf, instantOrNull, person } from './scalars.ts';

export const refusalView = z.object({
  code: z.string(),
  field: z.string(),
  detail: z.string(),
  try: z.string(),
});

export const requestView = z.object({
  requestId: z.string(),
  status: z.string().meta({
    description:
      'refused, awaiting-approval, rejected, expired, cancelled, provisioning, completed, failed or needs-person',
  }),
  reason: z
    .string()
    .nullable()
    .meta({ description: 'A code beginning with refuse. or fail., where there is one' }),
  sentence: z.string(),
  requestedBy: person,
  for: person,
  requestedAt: instant,
  updatedAt: instant,
  endedAt: instant.nullable(),
  asked: z.object({ workspace: z.string(), vmSize: z.string(), name: z.string() }),
  compute: computeAddress
    .nullable()
    .meta({ description: 'The machine; null: refused before it was clear which' }),
  pricePerHourUsd: z.number().nullable(),
  refusals: z.array(refusalView),
  approval: z
    .object({
      approvers: z.number().int(),
      approved: z.number().int(),
      because: z.array(z.string()),
      expiresAt: instant,
    })
    .nullable(),
  votes: z.array(
    z.object({
      by: person,
      at: instant,
      vote: z.enum(['approve', 'reject']),
      comment: z.string().nullable(),
    }),
  ),
  recreation: z
    .object({
      kind: z.string().meta({ description: 'resize or recreate' }),
      oldVmSize: z.string(),
      imageVersion: z.string().nullable().meta({ description: 'Of the old one' }),
      accepted: z.array(z.string()).meta({ description: 'Losses that were agreed to' }),
      campaignId: z.string().nullable(),
      deleteAskedAt: instant.nullable(),
      goneAt: instant.nullable(),
      wentBackAt: instant
        .nullable()
        .meta({ description: 'When the new size was given up and the old one begun again' }),
      differences: z.array(z.string()).nullable(),
      settings: z
        .record(z.string(), z.unknown())
        .meta({ description: 'What the old one was: by this it can be made again by hand' }),
    })
    .nullable()
    .meta({ description: 'Of an instance that is deleted and made again; null: a new machine' }),
  tries: z.number().int().meta({ description: 'How often Azure was asked to make it' }),
  acceptedAt: instant.nullable().meta({ description: 'When Azure took the creation' }),
  runningAt: instant.nullable(),
  missingActions: z
    .array(z.string())
    .nullable()
    .meta({ description: 'Azure actions that its user lacks; null: not looked up yet, or not to be read' }),
  agent: z
    .object({ enrolled: z.boolean().nullable() })
    .nullable()
    .meta({ description: 'The session agent, where it was asked for; enrolled null: not known yet' }),
});
export type RequestView = z.infer<typeof requestView>;

const personView = ({ objectId, name }: MachineRequest['forPerson']) => ({ objectId, name });

function recreationViewOf(recreation: Recreation): NonNullable<RequestView['recreation']> {
  const { ref: _ref, carried, ...snapshot } = recreation.snapshot;
  return {
    kind: recreation.kind,
    oldVmSize: recreation.snapshot.vmSize,
    imageVersion: recreation.imageVersion,
    accepted: [...recreation.accepted],
    campaignId: recreation.campaignId,
    deleteAskedAt: instantOrNull(recreation.deleteAskedAt),
    goneAt: instantOrNull(recreation.goneAt),
    wentBackAt: instantOrNull(recreation.wentBackAt),
    differences: recreation.differences === null ? null : [...recreation.differences],
    settings: { ...snapshot, identity: carried?.identity ?? null, ...carried?.outer, ...carried?.inner },
  };
}

export function requestViewOf(request: MachineRequest): RequestView {
  const { approval, machine, recreation } = request;
  return {
    requestId: request.requestId,
    status: request.status,
    reason: request.reason,
    sentence: request.sentence,
    requestedBy: personView(request.requestedBy),
    for: personView(request.forPerson),
    requestedAt: instantOf(request.requestedAt),
    updatedAt: instantOf(request.updatedAt),
    endedAt: instantOrNull(request.endedAt),
    asked: { ...request.asked },
    compute: machine === null ? null : addressOf(machine.ref),
    pricePerHourUsd: request.pricePerHourUsd,
    refusals: request.refusals.map(({ code, field, detail, fix }) => ({ code, field, detail, try: fix })),
    approval:
      approval === null
        ? null
        : {
            approvers: approval.approvers,
            approved: request.votes.filter(({ vote }) => vote === 'approve').length,
            because: [...approval.because],
            expiresAt: instantOf(approval.expiresAt),
          },
    votes: request.votes.map(({ by, at, vote, comment }) => ({
      by: personView(by),
      at: instantOf(at),
      vote,
      comment,
    })),
    recreation: recreation === null ? null : recreationViewOf(recreation),
    tries: request.tries,
    acceptedAt: instantOrNull(request.acceptedAt),
    runningAt: instantOrNull(request.runningAt),
    missingActions: request.missingActions === null ? null : [...request.missingActions],
    agent: request.wish?.agent === true ? { enrolled: request.agentEnrolled } : null,
  };
}
