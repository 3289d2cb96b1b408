import { z } from 'zod';
import type { WorkspaceRef } from '../../../core/ids.ts';
import { invite, type Invited } from '../../../fleet/enrol-invite.ts';
import type { RecordedDecision } from '../../../ledger/decisions.ts';
import { addressOf } from '../../../present/json/compute-address.ts';
import { computeAddress, formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { inChunks, knownWorkspaces, readWorkspaceComputes } from '../../../fleet/read-fleet.ts';
import { answer, route } from '../route.ts';

const body = z
  .strictObject({
    workspace: z.string().max(255).optional().meta({ description: 'Name of the workspace; all if left out' }),
    limit: z.number().int().min(1).max(200).default(50).meta({ description: 'How many to invite at most' }),
  })
  .default({ limit: 50 });

const invitationView = computeAddress.extend({
  outcome: z.enum(['sent', 'skipped', 'undelivered']),
  why: z.string().nullable(),
});

/** Running, and nothing allows a verdict on whether it is used. */
const isBlind = (decision: RecordedDecision): boolean =>
  decision.reason !== 'keep.not-running' &&
  (decision.reason.startsWith('keep.unknown') || decision.evidence?.decidableBy === 'neither');

/** Asks the owners of instances that cannot be judged to bring the agent onto them. */
export const invitations = ({ ports, settings }: AppDoors) =>
  route(
    {
      name: 'httpInvitations',
      method: 'POST',
      path: 'enrolments/invitations',
      access: 'admin',
      summary: 'Invites the owners of blind instances to install the session agent',
      body,
      creates: true,
      answers: {
        status: 200,
        schema: z.object({
          formatVersion,
          sent: z.number().int(),
          invitations: z.array(invitationView),
        }),
      },
    },
    async ({ body: { workspace, limit }, at }) => {
      const flow = { ports, scope: settings.scope };
      const workspaces = (await knownWorkspaces(ports.ledger, settings.scope)).filter(
        (ref) => workspace === undefined || ref.workspace.toLowerCase() === workspace.toLowerCase(),
      );
      const read = (ref: WorkspaceRef) =>
        readWorkspaceComputes(ports.ledger, ref, { mayUse: () => true, wants: isBlind }, at);
      const shown: z.infer<typeof invitationView>[] = [];
      let sent = 0;
      for await (const blind of inChunks(workspaces, read)) {
        for (const { decision } of blind) {
          if (sent === limit) break;
          const invited: Invited = await invite(flow, decision);
          if (invited.outcome === 'sent') sent += 1;
          shown.push({
            ...addressOf(decision.ref),
            outcome: invited.outcome,
            why: invited.outcome === 'sent' ? null : invited.why,
          });
        }
      }
      return answer(200, { formatVersion: 1, sent, invitations: shown });
    },
  );
