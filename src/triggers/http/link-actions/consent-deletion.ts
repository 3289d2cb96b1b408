import { isAdmin, personOf } from '../../../auth/caller.ts';
import { timeText } from '../../../core/explain/time-text.ts';
import type { Flow } from '../../../fleet/flow.ts';
import { consentableFinding, consentToDelete } from '../../../fleet/findings/consent-to-delete.ts';
import { computeOf, type LinkAction, type LinkVisit, matterOf } from './link-action.ts';

const whoIs = ({ caller, link }: LinkVisit) => ({
  findingId: matterOf(link),
  by: personOf(caller),
  isAdmin: isAdmin(caller),
});

/** Consent that the machine of a finding is deleted: of its owner, of their manager where they are gone, or of an admin. */
export function consentDeletion(flow: Flow): LinkAction {
  return {
    async show(visit) {
      const { compute } = computeOf(visit.link).ref;
      const { sentence } = await consentableFinding(flow, whoIs(visit));
      return {
        title: `May ${compute} be deleted?`,
        sentence: `${sentence} Its OS disk, /tmp and installed packages would go for good; files on the workspace share stay, and its quota is free again. Your consent holds for 7 days and only while it stays off; starting it, or taking the consent back, ends it.`,
        confirm: 'It may be deleted',
        danger: true,
        asks: null,
      };
    },
    async act(visit) {
      const { compute } = computeOf(visit.link).ref;
      const { consent } = await consentToDelete(flow, { ...whoIs(visit), compute, until: null });
      const until = consent == null ? '' : ` until ${timeText(consent.until, visit.at)}`;
      return `${compute} may be deleted${until}, as long as it stays off.`;
    },
  };
}
