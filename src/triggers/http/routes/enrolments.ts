import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { installLine, removeLine } from '../../../agent/installer-text.ts';
import { nameOf } from '../../../auth/caller.ts';
import { parseDuration } from '../../../core/policy/duration.ts';
import { codeBytes } from '../../../core/session/enrolment-code.ts';
import type { Enrolment } from '../../../core/session/enrolment.ts';
import { createCode } from '../../../fleet/enrol-code.ts';
import { isEnrolled } from '../../../fleet/enrol-invite.ts';
import { deleteEnrolment, readEnrolment } from '../../../ledger/enrolments.ts';
import { formatVersion, instant, instantOf, instantOrNull } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { answer, route, type Route } from '../route.ts';
import { visibleCompute } from '../visible-compute.ts';

const shortestMs = 60_000;
const longestMs = 7 * 86_400_000;
const defaultMs = 3_600_000;

const validFor = z
  .string()
  .max(32)
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== null && ms >= shortestMs && ms <= longestMs) return ms;
    context.addIssue({ code: 'custom', message: 'expected a duration from 1m to 7d, such as 1h' });
    return z.NEVER;
  })
  .optional()
  .meta({ description: 'How long the code can be used; 1h if left out' });

const consequences = [
  'It reports only whether kernels, terminals, connections, user processes, GPUs and containers are busy or idle, when the last input was, and free disk space.',
  'It runs as root, because only root may read what shows use; its key stays on the machine.',
  'Run by hand it is neither a setup script nor a custom application. Installed by a setup script it would turn single sign-on off until you enable it again; registered as a custom application it would keep the platform’s own idle shutdown from ever firing.',
];

const newCodeView = z.object({
  formatVersion,
  code: z.string().nullable().meta({ description: 'Shown once; null when the same request is repeated' }),
  validUntil: instant,
  install: z.string().nullable().meta({ description: 'The line to run on the instance' }),
  remove: z.string().meta({ description: 'The line that takes the agent off again' }),
  consequences: z.array(z.string()),
  note: z.string(),
});

const enrolmentView = z.object({
  formatVersion,
  enrolled: z.boolean(),
  since: instant.nullable(),
  lastReportAt: instant.nullable(),
  agentVersion: z.string().nullable(),
  invitedAt: instant.nullable(),
  openCodes: z.array(z.object({ createdAt: instant, createdBy: z.string(), validUntil: instant })),
});

const viewOf = (enrolment: Enrolment, now: number): z.infer<typeof enrolmentView> => ({
  formatVersion: 1,
  enrolled: isEnrolled(enrolment, now),
  since: instantOrNull(enrolment.keys.at(-1)?.since),
  lastReportAt: instantOrNull(enrolment.lastReport?.at),
  agentVersion: enrolment.agentVersion,
  invitedAt: instantOrNull(enrolment.invitedAt),
  openCodes: enrolment.codes
    .filter((code) => code.usedBy === null && now < code.validUntil)
    .map((code) => ({
      createdAt: instantOf(code.createdAt),
      createdBy: code.createdBy,
      validUntil: instantOf(code.validUntil),
    })),
});

/** The session agent of one compute: a code to bring it on, what is known of it, and its end. For the owner or an admin. */
export const enrolments = (
  { ports, settings }: AppDoors,
  random: (bytes: number) => Uint8Array = randomBytes,
): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const shape = {
    path: `${computePathTemplate}/enrolments`,
    access: 'signed-in',
    params: computeParams,
  } as const;
  return [
    route(
      {
        ...shape,
        name: 'httpEnrolmentCreate',
        method: 'POST',
        summary: 'Makes a one-time code that brings the session agent onto this compute',
        body: z.strictObject({ validFor }).default({}),
        creates: true,
        answers: { status: 201, schema: newCodeView },
      },
      async ({ params, caller, body, requestOrigin }) => {
        const decision = await visibleCompute(ports.ledger, settings.scope, caller, params);
        const address = settings.publicUrl ?? requestOrigin;
        const remove = removeLine(address);
        const { code, validUntil } = await createCode(flow, {
          ref: decision.ref,
          owner: decision.owner?.objectId ?? null,
          by: nameOf(caller),
          validForMs: body.validFor ?? defaultMs,
          random: random(codeBytes),
        });
        const common = { formatVersion: 1, validUntil: instantOf(validUntil), remove, consequences };
        return {
          ...answer(201, {
            ...common,
            code,
            install: installLine(address, code),
            note: 'The code works once, and is shown only now.',
          }),
          repeated: {
            ...common,
            code: null,
            install: null,
            note: 'The code was shown when this request first came; make a new one if it is lost.',
          },
        };
      },
    ),
    route(
      {
        ...shape,
        name: 'httpEnrolmentRead',
        method: 'GET',
        summary: 'Whether the session agent reports for this compute, since when, and which codes are open',
        answers: { status: 200, schema: enrolmentView },
      },
      async ({ params, caller, at }) => {
        const decision = await visibleCompute(ports.ledger, settings.scope, caller, params);
        return answer(200, viewOf((await readEnrolment(ports.ledger, decision.ref)).enrolment, at));
      },
    ),
    route(
      {
        ...shape,
        name: 'httpEnrolmentEnd',
        method: 'DELETE',
        summary: 'Ends the enrolment: keys and codes of this compute are worth nothing any more',
        answers: { status: 200, schema: z.object({ formatVersion, ended: z.boolean() }) },
      },
      async ({ params, caller }) => {
        const { ref } = await visibleCompute(ports.ledger, settings.scope, caller, params);
        const { etag } = await readEnrolment(ports.ledger, ref);
        await deleteEnrolment(ports.ledger, ref);
        return answer(200, { formatVersion: 1, ended: etag !== null });
      },
    ),
  ];
};
