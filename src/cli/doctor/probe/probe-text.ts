import { type Look, paint } from '../../../present/table.ts';
import { factsText } from '../../facts-text.ts';
import type { ProbeView } from './run-probe.ts';

const shownRequests = 4;

/** Question, what was asked, what was found, for people. */
export function probeText(view: ProbeView, look: Look): string {
  const settled = view.questions.filter(({ state }) => state === 'settled').length;
  const blocks = view.questions.map(({ state, question, asked, found }) => {
    const more = asked.length - shownRequests;
    const shown = asked.slice(0, shownRequests).map((request) => request.replace(view.workspace, '…'));
    const requests = [...shown, ...(more > 0 ? [`${more} more`] : [])];
    const mark = paint(
      look,
      state === 'settled' ? 'green' : 'yellow',
      state === 'settled' ? 'settled' : 'open',
    );
    return `\n${mark}  ${paint(look, 'bold', question)}\n${factsText(
      [
        ['  asked', requests.length === 0 ? null : requests.join('; ')],
        [state === 'settled' ? '  found' : '  why', found],
      ],
      look,
    )}`;
  });
  return [
    `Probed ${view.workspace} in ${view.location}; nothing was changed.\n`,
    ...blocks,
    `\n${settled} of ${view.questions.length} questions settled.\n`,
  ].join('');
}
