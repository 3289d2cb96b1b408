import type { Compute } from '../computes.ts';
import type { NetworkPolicy } from '../policy/types.ts';
import { innerOf, memberOf, membersOf, textMember } from './arm-properties.ts';
import { broken, type RuleResult } from './rule.ts';

const renewed =
  'It is fixed at creation: delete the machine and ask for a new one; its files on the share stay.';

function sshFinding(compute: Compute, rule: NetworkPolicy['ssh'], isGranted: boolean): RuleResult {
  if (rule === 'allow' || (rule === 'approval' && isGranted)) return 'kept';
  if (compute.sshEnabled === null) return innerOf(compute) === null ? 'unknown' : 'kept';
  if (!compute.sshEnabled) return 'kept';
  const why = rule === 'deny' ? 'the rules deny SSH here' : 'nobody approved it';
  return broken(`SSH is open on it, and ${why}.`, renewed);
}

function publicIpFinding(compute: Compute, rule: NetworkPolicy['publicIp']): RuleResult {
  if (rule === 'allow') return 'kept';
  const inner = innerOf(compute);
  if (inner === null) return 'unknown';
  const address = textMember(membersOf(memberOf(inner, 'connectivityEndpoints')), 'publicIpAddress');
  if (address !== null || memberOf(inner, 'enableNodePublicIp') === true) {
    return broken('It has a public IP address, and the rules deny that here.', renewed);
  }
  // Where the setting is not stated, only an address says anything, and a machine that is off shows none.
  return memberOf(inner, 'enableNodePublicIp') === false ? 'kept' : 'unknown';
}

function subnetFinding(compute: Compute, rule: NetworkPolicy['subnet']): RuleResult {
  if (rule === 'optional') return 'kept';
  const inner = innerOf(compute);
  if (inner === null) return 'unknown';
  const id = textMember(membersOf(memberOf(inner, 'subnet')), 'id');
  return id === null ? broken('It is in no subnet, and the rules require one here.', renewed) : 'kept';
}

export type NetworkCode = 'network.ssh' | 'network.public-ip' | 'network.subnet';

/** `isGranted`: the machine was made by a request that was decided by the rules of its time. */
export const networkFindings = (
  compute: Compute,
  rules: NetworkPolicy,
  isGranted: boolean,
): Readonly<Record<NetworkCode, RuleResult>> => ({
  'network.ssh': sshFinding(compute, rules.ssh, isGranted),
  'network.public-ip': publicIpFinding(compute, rules.publicIp),
  'network.subnet': subnetFinding(compute, rules.subnet),
});
