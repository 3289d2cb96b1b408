import { z } from 'zod';
import { type Caller, isAdmin, nameOf, personOf } from '../../../auth/caller.ts';
import { parseUntil } from '../../../core/policy/date-and-instant.ts';
import type { FindingRecord } from '../../../core/findings/types.ts';
import { computeArmId, sameName } from '../../../core/ids.ts';
import { findingCodes } from '../../../core/policy/codes.ts';
import { acceptFinding } from '../../../fleet/findings/accept-finding.ts';
import { consentToDelete, withdrawConsent } from '../../../fleet/findings/consent-to-delete.ts';
import { listFindings } from '../../../fleet/findings/list-findings.ts';
import { findingView, findingViewOf } from '../../../present/json/finding-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { InvalidInput } from '../invalid-input.ts';
import { answer, route, type Route } from '../route.ts';
import { mayUse } from '../visible-compute.ts';

const query = z.strictObject({
  status: z.enum(['open', 'accepted', 'fixed']).optional(),
  code: z.enum(findingCodes).optional(),
  workspace: z.string().max(255).optional().meta({ description: 'Name of the workspace' }),
  compute: z.string().min(1).max(500).optional().meta({ description: 'NAME, WORKSPACE/NAME or ARM id' }),
  group: z
    .string()
    .regex(/^[a-z]+(:.{1,255})?$/, 'is no kind of group, or one with its name: user, or user:ada')
    .optional()
    .meta({ description: 'Only about groups of this kind, or this one: team, team:vision, user:ada' }),
  limit: z.coerce.number().int().min(1).max(2000).default(500),
  after: z
    .string()
    .regex(/^\d{1,16}\.[\w-]{1,64}$/, 'is not a "next" of an earlier answer')
    .optional(),
});
const acceptance = z.strictObject({
  findingId: z.string().min(1).max(64),
  until: z.string().max(40).meta({ description: 'A date (the end of that day, UTC) or an instant' }),
  why: z.string().trim().max(500).optional(),
});

const consent = z.strictObject({
  findingId: z.string().min(1).max(64),
  compute: z.string().min(1).max(100).meta({ description: 'The name of the machine, once more' }),
  until: z.string().max(40).optional().meta({
    description: 'A date (the end of that day, UTC) or an instant within 30 days; left out: 7 days',
  }),
});
const withdrawal = z.strictObject({ findingId: z.string().min(1).max(64) });

function instantFrom(until: string): number {
  const parsed = parseUntil(until);
  if (parsed !== null) return parsed;
  const detail = 'expected a date such as 2026-03-09, or an instant with its offset';
  throw new InvalidInput('body', [{ field: 'until', detail }]);
}

const whoIs = (caller: Caller) => ({
  by: personOf(caller),
  isAdmin: isAdmin(caller),
});

type Query = z.output<typeof query>;

function isAsked({ code, about }: FindingRecord, given: Query): boolean {
  if (given.code !== undefined && code !== given.code) return false;
  if (about.kind === 'group') {
    if (given.workspace !== undefined || given.compute !== undefined) return false;
    const [per = '', ...rest] = (given.group ?? about.group.per).split(':');
    const name = rest.join(':');
    const { group } = about;
    return group.per === per && (name === '' || sameName(group.name, name) || sameName(group.key, name));
  }
  if (given.group !== undefined) return false;
  const { workspace, compute } = about.ref;
  if (given.workspace !== undefined && !sameName(workspace, given.workspace)) return false;
  const names = [compute, `${workspace}/${compute}`, computeArmId(about.ref)];
  return given.compute === undefined || names.some((one) => sameName(one, given.compute ?? ''));
}

/** Where a page ended: what was raised before it, or at the same moment and comes later, is on the next. */
const placeOf = ({ raisedAt, findingId }: FindingRecord): string => `${raisedAt}.${findingId}`;
function isAfter({ raisedAt, findingId }: FindingRecord, after: string): boolean {
  const [at = '', ...id] = after.split('.');
  return raisedAt < Number(at) || (raisedAt === Number(at) && findingId > id.join('.'));
}

/** What breaks the rules: one's own computes, for an admin everything; and an admin's word that it may stay so for a while. */
export const findings = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  return [
    route(
      {
        name: 'httpFindingsList',
        method: 'GET',
        path: 'findings',
        access: 'signed-in',
        summary: 'Rules that are broken: about one’s own computes, for an admin about all and about groups',
        query,
        answers: {
          status: 200,
          schema: z.object({
            formatVersion,
            findings: z.array(findingView),
            next: z
              .string()
              .nullable()
              .meta({ description: 'Give it as "after" to read on; null: that was all' }),
          }),
        },
      },
      async ({ caller, query: given, at }) => {
        const all = await listFindings(flow, given.status === 'fixed');
        const theirs = all.filter((record) => {
          const { about, owner, manager = null } = record;
          if (!isAsked(record, given)) return false;
          if (given.status !== undefined && findingViewOf(record, at).status !== given.status) return false;
          const isOwn =
            about.kind === 'group'
              ? about.group.per === 'user' && about.group.key === caller.objectId
              : manager === caller.objectId;
          return isOwn || mayUse(caller, about.kind === 'group' ? null : owner);
        });
        const { after } = given;
        const rest = after === undefined ? theirs : theirs.filter((record) => isAfter(record, after));
        const page = rest.slice(0, given.limit);
        const last = page.at(-1);
        return answer(200, {
          formatVersion: 1,
          findings: page.map((record) => findingViewOf(record, at)),
          next: last === undefined || rest.length <= page.length ? null : placeOf(last),
        });
      },
    ),
    route(
      {
        name: 'httpFindingsAccept',
        method: 'POST',
        path: 'findings/accept',
        access: 'admin',
        summary: 'Silence one finding until a date',
        body: acceptance,
        answers: { status: 200, schema: findingView.extend({ formatVersion }) },
      },
      async ({ body, caller, at }) => {
        const until = instantFrom(body.until);
        const accepted = await acceptFinding(flow, body.findingId, {
          until,
          by: nameOf(caller),
          why: body.why ?? null,
        });
        return answer(200, { formatVersion: 1, ...findingViewOf(accepted, at) });
      },
    ),
    route(
      {
        name: 'httpFindingsConsent',
        method: 'POST',
        path: 'findings/consent',
        access: 'signed-in',
        summary:
          'Consents that the machine of a finding is deleted: its owner, for one who is gone their manager, or an admin',
        body: consent,
        answers: { status: 200, schema: findingView.extend({ formatVersion }) },
      },
      async ({ body, caller, at }) => {
        const { findingId, compute } = body;
        const until = body.until === undefined ? null : instantFrom(body.until);
        const record = await consentToDelete(flow, { findingId, compute, until, ...whoIs(caller) });
        return answer(200, { formatVersion: 1, ...findingViewOf(record, at) });
      },
    ),
    route(
      {
        name: 'httpFindingsConsentWithdraw',
        method: 'POST',
        path: 'findings/consent-withdrawal',
        access: 'signed-in',
        summary: 'Takes a consent back, as long as nothing was deleted',
        body: withdrawal,
        answers: { status: 200, schema: findingView.extend({ formatVersion }) },
      },
      async ({ body, caller, at }) => {
        const record = await withdrawConsent(flow, { ...body, ...whoIs(caller) });
        return answer(200, { formatVersion: 1, ...findingViewOf(record, at) });
      },
    ),
  ];
};
