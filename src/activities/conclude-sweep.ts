import { z } from 'zod';
import { goOnWithCampaigns } from '../fleet/campaigns/go-on-with-campaigns.ts';
import { concludeSweep } from '../fleet/conclude-sweep.ts';
import type { GroupOutcome } from '../fleet/evaluate-group.ts';
import type { Flow } from '../fleet/flow.ts';
import { activities } from '../workflows/names.ts';
import { faultInput, ownAnswers } from './inputs.ts';
import { registerActivityWithClient } from './register-activity.ts';

const input = z.object({
  sweepId: z.string(),
  policyHash: z.string(),
  faults: z.array(faultInput),
  outcomes: ownAnswers<GroupOutcome>(),
});

export const registerConcludeSweep = (flow: Flow): void =>
  registerActivityWithClient(activities.concludeSweep, input, async (given, client) => {
    const concluded = await concludeSweep(flow, given, client);
    if (concluded.kind === 'concluded') await goOnWithCampaigns(flow, given.policyHash, client);
    return concluded;
  });
