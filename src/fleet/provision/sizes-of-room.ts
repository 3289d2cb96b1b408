import type { VmSize } from '../../core/computes.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { Policy } from '../../core/policy/types.ts';
import type { Refusal } from '../../core/provision/refusal.ts';
import { sizesWithRoom } from '../../core/quota/sizes-with-room.ts';
import { nearestSizes } from '../../core/targets/nearest-sizes.ts';
import { allowedSizes } from '../../core/targets/size-rules.ts';
import { listReservations } from '../../ledger/reservations.ts';
import type { Flow } from '../flow.ts';
import type { AskedMachine } from './asked-machine.ts';
import type { CheckedMachine } from './check-rules.ts';
import type { FleetFacts } from './fleet-facts.ts';
import { quotaInput } from './quota-input.ts';
import { replacedBy } from './replaced-by.ts';

const isAboutSize = ({ code }: Refusal): boolean => code.startsWith('refuse.size.');

/** Whoever has a machine wants to know which size it could have: those told beside a size that is refused have room now. */
export async function withSizesOfRoom(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  asked: AskedMachine,
  checked: CheckedMachine,
  inRegion: ReadonlyMap<string, VmSize>,
): Promise<readonly Refusal[]> {
  const recreation = asked.recreates?.recreation ?? null;
  if (recreation === null || !checked.refusals.some(isAboutSize)) return checked.refusals;
  const { snapshot } = recreation;
  const replaces = replacedBy(recreation);
  const reserved = await listReservations(flow.ports.ledger, flow.ports.clock.now());
  const wanted = {
    requestId: asked.requestId,
    workspace: asked.workspace,
    location: asked.workspace.location,
    owner: asked.forPerson,
    subject: checked.subject,
    family: replaces.family,
    cores: replaces.cores,
    gpus: replaces.gpus,
    replaces,
  };
  const input = await quotaInput(facts, policy, wanted, reserved);
  const allowed = allowedSizes(inRegion, resourceRulesFor(policy, checked.subject).sizes).filter(
    ({ name }) => name.toLowerCase() !== snapshot.vmSize.toLowerCase(),
  );
  const listed = inRegion.get(asked.vmSize.toLowerCase()) ?? null;
  const sizes = sizesWithRoom(input, nearestSizes(asked.vmSize, listed, allowed));
  if (sizes.length === 0) return checked.refusals;
  const fix = `Choose another size; the nearest that are allowed here and have room: ${sizes.map(({ name }) => name).join(', ')}.`;
  return checked.refusals.map((refusal) => (isAboutSize(refusal) ? { ...refusal, fix } : refusal));
}
