import type { VmSize } from '../../core/computes.ts';
import type { Policy } from '../../core/policy/types.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { Refusal } from '../../core/provision/refusal.ts';
import { limitText } from '../../core/quota/limit-text.ts';
import { roomToMake } from '../../core/quota/making-room.ts';
import { quotaVerdict } from '../../core/quota/quota-verdict.ts';
import { sizesWithRoom } from '../../core/quota/sizes-with-room.ts';
import type { LimitState, QuotaInput, QuotaVerdict } from '../../core/quota/types.ts';
import { nearestSizes } from '../../core/targets/nearest-sizes.ts';
import { allowedSizes } from '../../core/targets/size-rules.ts';
import type { FleetFacts } from './fleet-facts.ts';

const regionsTriedAtMost = 3;

async function regionsWithRoom(facts: FleetFacts, input: QuotaInput): Promise<readonly string[]> {
  const { asked } = input;
  if (asked === null) return [];
  const workspaces = await facts.workspaces();
  const elsewhere = [
    ...new Set(
      workspaces
        .filter((one) => one.subscriptionId === asked.workspace.subscriptionId)
        .map((one) => one.location),
    ),
  ].filter((location) => location !== asked.location);
  const found: string[] = [];
  for (const location of elsewhere.slice(0, regionsTriedAtMost)) {
    const azure = await facts.usages(asked.workspace.subscriptionId, location);
    const there = { ...input, azure, asked: { ...asked, location } };
    if (quotaVerdict(there).outcome === 'granted') found.push(location);
  }
  return found;
}

function ownMachines(input: QuotaInput, verdict: QuotaVerdict): string | null {
  const room = roomToMake(input, verdict);
  if (room.ownStopped.length === 0) return null;
  const names = room.ownStopped.slice(0, 5).map(({ ref }) => `${ref.compute} in ${ref.workspace}`);
  const enough = room.enough ? 'that would make room enough' : 'that alone would not be enough';
  return `Stopped machines keep their quota: delete ${names.join(', ')} (files on the workspace share stay), ${enough}.`;
}

const isMoney = (limit: LimitState): boolean => limit.code === 'refuse.budget';

/** Every limit that a request breaks, each with its numbers and with what would make room. */
export async function quotaRefusals(
  facts: FleetFacts,
  policy: Policy,
  input: QuotaInput,
  verdict: QuotaVerdict,
  vmSize: string,
  inRegion: ReadonlyMap<string, VmSize>,
): Promise<readonly Refusal[]> {
  const { asked } = input;
  if (asked === null || verdict.refusals.length === 0) return [];
  const hints: string[] = [];
  const own = ownMachines(input, verdict);
  if (own !== null) hints.push(own);
  const allowed = allowedSizes(inRegion, resourceRulesFor(policy, asked.subject).sizes);
  const sizes = sizesWithRoom(
    input,
    nearestSizes(vmSize, inRegion.get(vmSize.toLowerCase()) ?? null, allowed),
  );
  if (sizes.length > 0) hints.push(`There is room for ${sizes.map(({ name }) => name).join(', ')}.`);
  if (verdict.refusals.some(({ source }) => source === 'azure')) {
    const regions = await regionsWithRoom(facts, input);
    if (regions.length > 0) hints.push(`There is room in ${regions.join(', ')}.`);
    hints.push('More of Azure’s quota can be asked for in the Azure portal.');
  }
  return verdict.refusals.map((limit) => ({
    code: limit.code,
    field: 'vmSize',
    detail: limitText(limit),
    fix: isMoney(limit)
      ? 'The budget begins anew next month; an admin can raise it in the policy.'
      : hints.join(' ') || 'Ask an admin for a higher limit in the policy.',
  }));
}
