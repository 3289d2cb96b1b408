import { globMatches } from '../policy/glob.ts';
import type { AttachableKind } from '../policy/kinds.ts';
import type { RefusalCode } from '../policy/codes.ts';
import type { AttachmentDenial } from '../policy/types.ts';
import { attachableTargets } from './catalogue.ts';
import { resourceOf } from './attachment-resource.ts';

/** What can be seen of the resource that an attachment points at; null: Azure does not say. */
export type ResourceFacts = {
  readonly ubuntu: boolean | null;
  /** How its system shows itself, for the sentence. */
  readonly system: string | null;
  readonly publicIp: boolean | null;
  readonly region: string | null;
};
export const nothingKnown: ResourceFacts = { ubuntu: null, system: null, publicIp: null, region: null };

/** The rules of attachments that a target can break by itself, as the end of `refuse.attachment.…` and `attachment.…`. */
export const attachmentFaults = ['denied', 'subscription', 'os', 'public-ip', 'unknown'] as const;
export type AttachmentFaultName = (typeof attachmentFaults)[number];
export type AttachmentFault = { readonly name: AttachmentFaultName; readonly sentence: string };

export type AttachmentFacts = {
  readonly kind: AttachableKind;
  readonly workspaceSubscription: string;
  readonly resourceId: string | null;
  readonly region: string | null;
  readonly localAuth: boolean | null;
  readonly resource: ResourceFacts;
};

type Holds = 'yes' | 'no' | 'unknown';
const among = (globs: readonly string[], name: string | null): Holds =>
  name === null ? 'unknown' : globs.some((glob) => globMatches(glob, name)) ? 'yes' : 'no';

const regionOf = (text: string | null): string | null => text?.replaceAll(/\s/g, '').toLowerCase() ?? null;

function denialHolds(denial: AttachmentDenial, facts: AttachmentFacts): Holds {
  const parts: Holds[] = [];
  if (denial.kind !== null) parts.push(denial.kind === facts.kind ? 'yes' : 'no');
  if (denial.subscription !== null) {
    const subscription = resourceOf(facts.resourceId)?.subscriptionId ?? null;
    parts.push(among(denial.subscription, subscription ?? facts.workspaceSubscription));
  }
  if (denial.region !== null) {
    parts.push(among(denial.region, regionOf(facts.resource.region ?? facts.region)));
  }
  if (denial.localAuth !== null) {
    parts.push(facts.localAuth === null ? 'unknown' : facts.localAuth === denial.localAuth ? 'yes' : 'no');
  }
  if (parts.includes('no')) return 'no';
  return parts.includes('unknown') ? 'unknown' : 'yes';
}

function denialText(denial: AttachmentDenial): string {
  const parts = [
    denial.kind,
    denial.subscription === null ? null : `subscription ${denial.subscription.join(' or ')}`,
    denial.region === null ? null : `region ${denial.region.join(' or ')}`,
    denial.localAuth === null ? null : `local authentication ${denial.localAuth ? 'on' : 'off'}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/**
 * Which rules an attachment breaks by itself, in the order in which they are told. What cannot be read is a fault of its
 * own, never a pass.
 */
export function attachmentFaultsOf(
  facts: AttachmentFacts,
  deny: readonly AttachmentDenial[],
): readonly AttachmentFault[] {
  const { rules } = attachableTargets[facts.kind];
  const faults: AttachmentFault[] = [];
  const unknown: string[] = [];
  const denials = deny.map((denial) => ({ denial, holds: denialHolds(denial, facts) }));
  const denied = denials.find(({ holds }) => holds === 'yes');
  if (denied !== undefined) {
    faults.push({ name: 'denied', sentence: `The policy denies it (${denialText(denied.denial)}).` });
  } else if (denials.some(({ holds }) => holds === 'unknown')) {
    unknown.push('whether the policy denies it');
  }
  if (rules.includes('same-subscription')) {
    const subscription = resourceOf(facts.resourceId)?.subscriptionId ?? null;
    if (subscription === null) unknown.push('which subscription it is in');
    else if (subscription !== facts.workspaceSubscription.toLowerCase()) {
      faults.push({
        name: 'subscription',
        sentence: `A ${facts.kind} workspace has to be in the subscription of the Azure ML workspace; this one is in ${subscription}.`,
      });
    }
  }
  if (rules.includes('ubuntu')) {
    if (facts.resource.ubuntu === null) unknown.push('which system it runs');
    else if (!facts.resource.ubuntu) {
      faults.push({
        name: 'os',
        sentence: `Only machines with Ubuntu can be used; this one runs ${facts.resource.system ?? 'something else'}.`,
      });
    }
  }
  if (rules.includes('public-ip')) {
    if (facts.resource.publicIp === null) unknown.push('whether it has a public IP address');
    else if (!facts.resource.publicIp) {
      faults.push({
        name: 'public-ip',
        sentence: 'It has no public IP address, so Azure ML cannot reach it.',
      });
    }
  }
  if (unknown.length > 0) {
    faults.push({ name: 'unknown', sentence: `It cannot be read ${unknown.join(', nor ')}.` });
  }
  return faults;
}

export const refusalOfFault = (name: AttachmentFaultName): RefusalCode => `refuse.attachment.${name}`;
