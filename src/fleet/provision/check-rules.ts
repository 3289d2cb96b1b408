import type { VmSize } from '../../core/computes.ts';
import { LamplighterError } from '../../core/errors.ts';
import type { ComputeRef } from '../../core/ids.ts';
import { parseComputeName } from '../../core/ids.ts';
import { resourceRulesFor } from '../../core/policy/policy-for.ts';
import type { PolicySubject } from '../../core/policy/subject.ts';
import type { NetworkPolicy, Policy } from '../../core/policy/types.ts';
import type { InstanceWish } from '../../core/provision/instance-wish.ts';
import { generatedName, instanceNameFault } from '../../core/provision/instance-name.ts';
import { carriesRequest } from '../../core/provision/machine.ts';
import { networkRefusals } from '../../core/provision/network-refusals.ts';
import type { Refusal } from '../../core/provision/refusal.ts';
import { settingRefusals } from '../../core/provision/setting-refusals.ts';
import { sizeVerdict } from '../../core/targets/size-rules.ts';
import { faultOf } from '../fault-of.ts';
import type { Flow } from '../flow.ts';
import { type TeamMembers, teamsOf } from '../teams.ts';
import type { AskedMachine } from './asked-machine.ts';
import type { FleetFacts } from './fleet-facts.ts';

/** What is known of the machine, and what speaks against it apart from quota. */
export type CheckedMachine = {
  readonly refusals: readonly Refusal[];
  /** Null: its name is none. */
  readonly ref: ComputeRef | null;
  /** Null: it is not to be had here. */
  readonly size: VmSize | null;
  readonly subject: PolicySubject;
  readonly network: NetworkPolicy;
};

/** The machine as the policy's matches see it. */
export function subjectOfWish(
  asked: Pick<InstanceWish, 'forPerson' | 'workspace' | 'vmSize' | 'tags'>,
  name: string,
  size: VmSize | null,
  teams: TeamMembers,
): PolicySubject {
  const { forPerson, workspace } = asked;
  return {
    subscription: workspace.subscriptionId,
    workspace: workspace.workspace,
    compute: name,
    kind: 'ComputeInstance',
    user: [forPerson.objectId, ...(forPerson.name === null ? [] : [forPerson.name])],
    teams: teamsOf(teams, forPerson.objectId),
    vmSize: size?.name ?? asked.vmSize,
    family: size?.family ?? null,
    gpu: size === null ? null : size.gpus > 0,
    tags: asked.tags,
  };
}

const taken = (name: string, where: string): Refusal => ({
  code: 'refuse.name.taken',
  field: 'name',
  detail: `The name ${name} is taken in ${where}: names of instances are unique in a region.`,
  fix: 'Choose another name, or leave "name" out to be given one.',
});

/** Azure's word on the name. What cannot be asked is left to the creation, which is refused if the name is taken. */
async function nameRefusals(flow: Flow, asked: AskedMachine, ref: ComputeRef): Promise<readonly Refusal[]> {
  const { location } = asked.workspace;
  const got = await flow.ports.computes.get(ref);
  if (got.ok) return carriesRequest(got.value.tags, asked.requestId) ? [] : [taken(ref.compute, location)];
  if (got.kind !== 'missing') {
    throw new LamplighterError(`Whether the name is free cannot be read now: ${faultOf(got).message}`, {
      code: 'azure.unreadable',
      fault: 'azure',
      retryable: true,
      fix: 'Send the request again in a minute, with the same Idempotency-Key.',
    });
  }
  const check = await flow.ports.provisioning.checkName(asked.workspace, ref.compute);
  if (!check.ok || check.value.available) return [];
  if (check.value.why === 'taken') return [taken(ref.compute, location)];
  return [
    {
      code: 'refuse.name.invalid',
      field: 'name',
      detail: `Azure does not take the name: ${check.value.message}`,
      fix: 'Choose a name of 3 to 24 letters, digits and "-", a letter first and one after the last "-".',
    },
  ];
}

function sizeRefusals(
  asked: AskedMachine,
  inRegion: ReadonlyMap<string, VmSize>,
  policy: Policy,
  subject: PolicySubject,
): readonly Refusal[] {
  const verdict = sizeVerdict(asked.vmSize, inRegion, resourceRulesFor(policy, subject).sizes);
  if (verdict.ok) return [];
  const nearest = verdict.nearest.map((size) => size.name);
  const fix =
    nearest.length === 0
      ? 'No size is allowed here: ask whoever writes the policy.'
      : `Choose another size; the nearest that is allowed here: ${nearest.join(', ')}.`;
  return verdict.faults.map(({ code, why }) => ({ code, field: 'vmSize', detail: `${why}.`, fix }));
}

/** Holds a machine against every rule but quota. All that is wrong is told at once. */
export async function checkRules(
  flow: Flow,
  facts: FleetFacts,
  policy: Policy,
  asked: AskedMachine,
): Promise<CheckedMachine> {
  const { workspace } = asked;
  const [inRegion, teams] = await Promise.all([
    facts.sizes(workspace.subscriptionId, workspace.location),
    facts.teams(policy),
  ]);
  const refusals: Refusal[] = [...(asked.recreates?.refusals ?? [])];
  if (!asked.mayAskForOthers && asked.forPerson.objectId !== asked.requestedBy.objectId) {
    refusals.push({
      code: 'refuse.forbidden',
      field: 'for',
      detail: 'Only an admin may ask for a machine for somebody else.',
      fix: 'Leave "for" out to ask for yourself, or let somebody with the app role Lamplighter.Admin ask.',
    });
  }
  // A name that Azure has taken before is not held against an instance that bears it.
  const isBorne = asked.name === null || asked.recreates !== null;
  const nameFault = isBorne ? null : instanceNameFault(asked.name ?? '');
  const compute =
    nameFault === null
      ? parseComputeName(asked.name ?? generatedName(asked.requestId, asked.forPerson.name))
      : null;
  if (nameFault !== null) {
    refusals.push({
      code: 'refuse.name.invalid',
      field: 'name',
      detail: nameFault,
      fix: 'Use 3 to 24 letters, digits and "-", a letter first and one after the last "-", or leave "name" out to be given one.',
    });
  }
  const ref: ComputeRef | null =
    compute === null
      ? null
      : {
          subscriptionId: workspace.subscriptionId,
          resourceGroup: workspace.resourceGroup,
          workspace: workspace.workspace,
          compute,
        };
  if (ref !== null && asked.recreates === null) refusals.push(...(await nameRefusals(flow, asked, ref)));
  const listed = inRegion.get(asked.vmSize.toLowerCase()) ?? null;
  const subject = subjectOfWish(asked, compute ?? '', listed, teams);
  const ofSize = sizeRefusals(asked, inRegion, policy, subject);
  refusals.push(...ofSize);
  const { network } = resourceRulesFor(policy, subject);
  const wish = { ssh: asked.sshPublicKey !== null, publicIp: asked.publicIp, subnetId: asked.subnetId };
  refusals.push(...networkRefusals(wish, network));
  // What is made again keeps the settings that it had.
  if (asked.recreates === null) refusals.push(...settingRefusals(asked, policy.requests));
  const size = ofSize.some(({ code }) => code === 'refuse.size.unknown') ? null : listed;
  return { refusals, ref, size, subject, network };
}
