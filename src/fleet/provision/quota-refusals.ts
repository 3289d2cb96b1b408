import type { VmSize } from '../../core/computes.ts';
import type { Policy } from '../../core/policy/types.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { Refusal } from '../../core/provision/refusal.ts';
import { LamplighterError } from '../../core/errors.ts';
import { limitText } from '../../core/quota/limit-text.ts';
import { roomToMake } from '../../core/quota/making-room.ts';
import { sizesWithRoom } from '../../core/quota/sizes-with-room.ts';
import type { LimitState, QuotaInput, QuotaVerdict } from '../../core/quota/types.ts';
import { nearestSizes } from '../../core/targets/nearest-sizes.ts';
import { allowedSizes } from '../../core/targets/size-rules.ts';
import { couldEverFit } from '../../core/waiting/place.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { isWide } from './quota-input.ts';
import { workspacesWithRoom } from './workspaces-with-room.ts';

function ownMachines(input: QuotaInput, verdict: QuotaVerdict): string | null {
  const room = roomToMake(input, verdict);
  if (room.ownStopped.length === 0) return null;
  const names = room.ownStopped.slice(0, 5).map(({ ref }) => `${ref.compute} in ${ref.workspace}`);
  const enough = room.enough ? 'that would make room enough' : 'that alone would not be enough';
  return `Stopped machines keep their quota: delete ${names.join(', ')} (files on the workspace share stay), ${enough}.`;
}

/** Without a limit of the policy nobody's machines were read; what could be deleted is worth it now. */
export async function withHoldings(
  facts: FleetFacts,
  policy: Policy,
  input: QuotaInput,
): Promise<QuotaInput> {
  if (isWide(policy)) return input;
  try {
    return { ...input, holdings: (await facts.holdings(await facts.teams(policy))).holdings };
  } catch (thrown) {
    if (thrown instanceof LamplighterError) return input;
    throw thrown;
  }
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
  /** Nothing else stands against it, so that room is all it needs. */
  mayWait: boolean,
): Promise<readonly Refusal[]> {
  const { asked } = input;
  if (asked === null || verdict.refusals.length === 0) return [];
  const hints: string[] = [];
  const own = ownMachines(await withHoldings(facts, policy, input), verdict);
  if (own !== null) hints.push(own);
  const allowed = allowedSizes(inRegion, resourceRulesFor(policy, asked.subject).sizes);
  const sizes = sizesWithRoom(
    input,
    nearestSizes(vmSize, inRegion.get(vmSize.toLowerCase()) ?? null, allowed),
  );
  if (sizes.length > 0) hints.push(`There is room for ${sizes.map(({ name }) => name).join(', ')}.`);
  const elsewhere = await workspacesWithRoom(facts, policy, input, vmSize);
  if (elsewhere.length > 0) {
    const places = elsewhere.map(({ workspace, location }) => `${workspace} (${location})`);
    hints.push(`There is room for ${vmSize} in ${places.join(', ')}.`);
  }
  if (verdict.refusals.some(({ source }) => source === 'azure')) {
    hints.push('More of Azure’s quota can be asked for in the Azure portal.');
  }
  const waits =
    mayWait && asked.requestId !== null && verdict.refusals.every(couldEverFit)
      ? `Or wait for room: POST /api/requests/${asked.requestId}/wait.`
      : null;
  const waitToo = waits === null ? '' : ` ${waits}`;
  return verdict.refusals.map((limit) => ({
    code: limit.code,
    field: 'vmSize',
    detail: limitText(limit),
    fix: isMoney(limit)
      ? `The budget begins anew next month; an admin can raise it in the policy.${waitToo}`
      : `${hints.join(' ') || 'Ask an admin for a higher limit in the policy.'}${waitToo}`,
  }));
}
