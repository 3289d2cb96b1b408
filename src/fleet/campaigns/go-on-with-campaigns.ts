import { LamplighterError } from '../../core/errors.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { readPolicy } from '../policy-store.ts';
import type { DurableStarter } from '../start-orchestration.ts';
import { alertOnce } from '../tell.ts';
import { stepCampaigns } from './step-campaigns.ts';

/** Campaigns stand in no stop's way: what goes wrong with them is told, and tried again at the next sweep. */
export async function goOnWithCampaigns(
  flow: Flow,
  policyHash: string,
  client: DurableStarter,
): Promise<void> {
  try {
    const { policy } = await readPolicy(flow.ports.ledger, policyHash);
    await stepCampaigns(flow, policy, client);
  } catch (thrown) {
    if (thrown instanceof LamplighterError && thrown.retryable) return;
    await alertOnce(flow, {
      alertId: 'campaigns',
      code: 'campaigns.failed',
      title: 'Campaigns could not go on',
      sentence: `Campaigns for new OS images stand still: ${faultOf(thrown).message}`,
    });
  }
}
