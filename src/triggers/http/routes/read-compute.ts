import { z } from 'zod';
import { lastStopOf } from '../../../fleet/say-regret.ts';
import { readOutlook } from '../../../fleet/schedule/outlook-of.ts';
import { readWish } from '../../../ledger/after-job-wishes.ts';
import { readDecisionHistory } from '../../../ledger/decisions.ts';
import { readObservation } from '../../../ledger/observations.ts';
import { readSavings } from '../../../ledger/savings.ts';
import { readSnooze } from '../../../ledger/snoozes.ts';
import { readOpenWarningsOf } from '../../../ledger/warnings.ts';
import { computeView, computeViewOf } from '../../../present/json/compute-view.ts';
import { decisionView, decisionViewOf } from '../../../present/json/decision-view.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { answer, route } from '../route.ts';
import { visibleCompute } from '../visible-compute.ts';

export const readCompute = ({ ports, settings }: AppDoors) =>
  route(
    {
      name: 'httpComputesRead',
      method: 'GET',
      path: computePathTemplate,
      access: 'signed-in',
      summary: 'One compute: the latest decision, what led to it, warnings and snooze',
      params: computeParams,
      answers: {
        status: 200,
        schema: computeView.extend({
          formatVersion,
          history: z.array(decisionView),
          nativeSchedules: z
            .array(z.string())
            .meta({ description: 'Its own schedules in Azure, as the last look saw them' }),
        }),
      },
    },
    async ({ params, caller, at }) => {
      const { ledger } = ports;
      const decision = await visibleCompute(ledger, settings.scope, caller, params);
      const [warnings, snooze, wish, history, outlook, seen, [newest]] = await Promise.all([
        readOpenWarningsOf(ledger, params),
        readSnooze(ledger, params, at),
        readWish(ledger, params),
        readDecisionHistory(ledger, params),
        readOutlook({ ports }, params),
        readObservation(ledger, params),
        readSavings(ledger, params, 1),
      ]);
      const view = computeViewOf({
        decision,
        warnings: warnings.map((one) => one.warning),
        snooze,
        wish: wish?.wish ?? null,
        lastStop: lastStopOf(decision, newest?.saving ?? null, at),
        outlook,
      });
      return answer(200, {
        formatVersion: 1,
        ...view,
        history: history.map(decisionViewOf),
        nativeSchedules: seen.known?.nativeSchedules ?? [],
      });
    },
  );
