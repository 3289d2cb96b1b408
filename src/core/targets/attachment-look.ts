import { broken, type RuleResult } from '../findings/rule.ts';
import type { AttachmentDenial, DuplicateRemedy } from '../policy/types.ts';
import type { Attachment } from './attachment.ts';
import type { Duplicate } from './attachment-duplicates.ts';
import {
  type AttachmentFaultName,
  attachmentFaults,
  attachmentFaultsOf,
  nothingKnown,
  type ResourceFacts,
} from './attachment-rules.ts';
import { attachableTargets } from './catalogue.ts';

/** Findings about attachments, in the order in which refusals are told. */
export const attachmentFindings = [
  'attachment.duplicate',
  ...attachmentFaults.map((name) => `attachment.${name}` as const),
] as const;
export type AttachmentFindingCode = (typeof attachmentFindings)[number];

const fixes: Readonly<Record<AttachmentFaultName, string>> = {
  denied: 'Detach it, or ask an admin to allow it in the policy.',
  subscription: 'Detach it, and attach one of the same subscription.',
  os: 'Detach it, and attach a machine with Ubuntu.',
  'public-ip': 'Give it a public IP address, or detach it.',
  unknown: 'Let Lamplighter’s reader read the resource, so that it can be checked.',
};

const shown = ({ ref }: Attachment): string => `${ref.compute} in workspace ${ref.workspace}`;

function duplicateResult({ later, earlier }: Duplicate, remedy: DuplicateRemedy): RuleResult {
  const [first] = earlier;
  const before = earlier.at(-1) ?? first;
  const broke = `Each new attachment breaks the one before, so ${before === first ? 'that one' : shown(before)} no longer works.`;
  const what = `It points at the same ${attachableTargets[later.kind].title} as ${shown(first)}, which was attached first. ${broke}`;
  switch (remedy) {
    case 'report':
      return broken(what, 'Detach one of them; whose is broken has to detach it and attach it again.');
    case 'detachNewer':
      return broken(
        what,
        `In mode enforce ${later.ref.compute} is detached after notice, unless something uses it.`,
      );
    case 'detachOlder':
      return broken(
        what,
        `In mode enforce ${earlier.map(({ ref }) => ref.compute).join(' and ')} will be detached after notice, unless something uses it.`,
      );
  }
}

/** What is wrong with one attachment: as it was refused beforehand, so it is found afterwards. */
export function attachmentResults(
  attachment: Attachment & { readonly facts: ResourceFacts | null },
  duplicate: Duplicate | null,
  rules: { readonly deny: readonly AttachmentDenial[]; readonly remedy: DuplicateRemedy },
): Readonly<Record<AttachmentFindingCode, RuleResult>> {
  const facts = {
    ...attachment,
    workspaceSubscription: attachment.ref.subscriptionId,
    resource: attachment.facts ?? nothingKnown,
  };
  const faults = new Map(attachmentFaultsOf(facts, rules.deny).map(({ name, sentence }) => [name, sentence]));
  const result = (name: AttachmentFaultName): RuleResult => {
    const sentence = faults.get(name);
    return sentence === undefined ? 'kept' : broken(sentence, fixes[name]);
  };
  return {
    'attachment.duplicate': duplicate === null ? 'kept' : duplicateResult(duplicate, rules.remedy),
    'attachment.denied': result('denied'),
    'attachment.subscription': result('subscription'),
    'attachment.os': result('os'),
    'attachment.public-ip': result('public-ip'),
    'attachment.unknown': result('unknown'),
  };
}
