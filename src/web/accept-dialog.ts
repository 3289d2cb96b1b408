import type { FindingView } from '../present/json/finding-view.ts';
import { buttonRow, actButton, labelled, markField, openDialog } from './dialog.ts';
import { element } from './element.ts';

export type Acceptance = { readonly until: string; readonly why?: string };

/** Asks until when a finding may stay as it is, and why. */
export function askUntil(finding: FindingView, accept: (acceptance: Acceptance) => void): void {
  openDialog('Accept this finding?', (close) => {
    const until = element('input', { type: 'date', required: true });
    const why = element('input', { maxlength: '500' });
    const act = () => {
      const form = until.closest('dialog');
      if (until.value === '') {
        if (form !== null) markField(form, 'accept-until', 'Say until when.');
        until.focus();
        return;
      }
      close();
      const said = why.value.trim();
      accept({ until: until.value, ...(said === '' ? {} : { why: said }) });
    };
    return [
      element('p', {}, finding.sentence),
      labelled(
        'accept-until',
        'Until',
        until,
        'The end of that day, UTC. If it still holds then, it is told again.',
      ),
      labelled('accept-why', 'Why (may be left empty)', why),
      buttonRow(actButton('Accept', act, 'main'), actButton('Never mind', close)),
    ];
  });
}
