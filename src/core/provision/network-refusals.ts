import type { NetworkPolicy } from '../policy/types.ts';
import type { Refusal } from './refusal.ts';

export type NetworkWish = {
  readonly ssh: boolean;
  /** Null: not said. */
  readonly publicIp: boolean | null;
  readonly subnetId: string | null;
};

export function networkRefusals(wish: NetworkWish, rules: NetworkPolicy): readonly Refusal[] {
  const refusals: Refusal[] = [];
  if (wish.ssh && rules.ssh === 'deny') {
    refusals.push({
      code: 'refuse.network.ssh',
      field: 'ssh',
      detail: 'The policy allows no SSH on this instance.',
      fix: 'Ask for it without "ssh"; terminals open in the browser.',
    });
  }
  if (wish.publicIp === true && rules.publicIp === 'deny') {
    refusals.push({
      code: 'refuse.network.public-ip',
      field: 'publicIp',
      detail: 'The policy allows no public IP address on this instance.',
      fix: 'Leave "publicIp" out or set it to false.',
    });
  }
  if (wish.subnetId === null && rules.subnet === 'required') {
    refusals.push({
      code: 'refuse.network.subnet',
      field: 'subnet',
      detail: 'The policy wants this instance in a subnet, and none is named.',
      fix: 'Name the ARM id of a subnet in "subnet".',
    });
  }
  return refusals;
}

/** Whoever does not ask for a public address gets none where the policy allows none. */
export const publicIpFor = (wish: NetworkWish, rules: NetworkPolicy): boolean | null =>
  wish.publicIp ?? (rules.publicIp === 'deny' ? false : null);
