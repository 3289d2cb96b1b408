import { z } from 'zod';
import { nameOf } from '../../../auth/caller.ts';
import { sayRegret } from '../../../fleet/say-regret.ts';
import { formatVersion, instant, instantOf } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { answer, route } from '../route.ts';
import { visibleCompute } from '../visible-compute.ts';

/** "I was using it": published beside the savings, and too many of them make a workspace warn only. */
export const regret = ({ ports, settings }: AppDoors) =>
  route(
    {
      name: 'httpRegret',
      method: 'POST',
      path: `${computePathTemplate}/regret`,
      access: 'signed-in',
      summary: 'Says that Lamplighter’s last stop of this compute was wrong',
      params: computeParams,
      creates: true,
      answers: { status: 200, schema: z.object({ formatVersion, stoppedAt: instant, regrettedAt: instant }) },
    },
    async ({ params, caller, at }) => {
      await visibleCompute(ports.ledger, settings.scope, caller, params);
      const flow = { ports, scope: settings.scope };
      const saving = await sayRegret(flow, params, nameOf(caller));
      return answer(200, {
        formatVersion: 1,
        stoppedAt: instantOf(saving.stoppedAt),
        regrettedAt: instantOf(saving.regret?.at ?? at),
      });
    },
  );
