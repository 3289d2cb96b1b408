import { z } from 'zod';
import { type Caller, isAdmin, nameOf } from '../../../auth/caller.ts';
import { parseUntil } from '../../../core/policy/date-and-instant.ts';
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
  limit: z.coerce.number().int().min(1).max(2000).default(500),
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
  by: { objectId: caller.objectId, name: caller.name },
  isAdmin: isAdmin(caller),
});

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

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
        answers: { status: 200, schema: z.object({ formatVersion, findings: z.array(findingView) }) },
      },
      async ({ caller, query: given, at }) => {
        const all = await listFindings(flow, given.status === 'fixed');
        const shown = all
          .filter(({ about, owner, code, manager = null }) => {
            if (given.code !== undefined && code !== given.code) return false;
            if (about.kind === 'group') {
              const own = about.group.per === 'user' && about.group.key === caller.objectId;
              return given.workspace === undefined && (own || mayUse(caller, null));
            }
            const here = given.workspace === undefined || same(about.ref.workspace, given.workspace);
            return here && (mayUse(caller, owner) || manager === caller.objectId);
          })
          .map((record) => findingViewOf(record, at))
          .filter((view) => given.status === undefined || view.status === given.status);
        return answer(200, { formatVersion: 1, findings: shown.slice(0, given.limit) });
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
