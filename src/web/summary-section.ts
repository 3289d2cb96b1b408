import type { SummaryView } from '../present/json/summary-view.ts';
import { element } from './element.ts';
import { dollars, localTime, percent, plural, span } from './wording.ts';

const figure = (value: string, label: string, note = ''): HTMLElement =>
  element(
    'div',
    { class: 'figure' },
    element('strong', {}, value),
    element('span', {}, label),
    note === '' ? null : element('small', {}, note),
  );

function lastSweep(summary: SummaryView): string {
  const sweep = summary.lastSweep;
  if (sweep === null) return 'No sweep has looked at the fleet yet.';
  const ago = span(Date.parse(summary.at) - Date.parse(sweep.startedAt));
  const unread =
    sweep.unreadableWorkspaces === 0
      ? ''
      : ` ${plural(sweep.unreadableWorkspaces, 'workspace')} could not be read.`;
  return `Last looked ${ago} ago (${sweep.status}).${unread}`;
}

/** What can be judged at all comes first: a fleet that gives no evidence is not a fleet without idle machines. */
export function summarySection(summary: SummaryView): HTMLElement {
  const { asked, decidable, savings, regrets } = summary;
  const blind = asked - decidable;
  return element(
    'section',
    {},
    element('h2', {}, summary.covers === 'all' ? 'The fleet' : 'Your computes'),
    element('p', { class: 'quiet' }, lastSweep(summary)),
    element(
      'div',
      { class: 'figures' },
      figure(
        `${decidable} of ${asked}`,
        'running can be judged',
        blind === 0 ? 'nothing is blind' : `${percent(blind, asked)} blind: no verdict, so no stop`,
      ),
      figure(String(summary.active), 'in use'),
      figure(String(summary.idle), 'idle', plural(summary.warned, 'warning is out', 'warnings are out')),
      figure(String(summary.unknown), 'unknown'),
      figure(
        dollars(savings.usd),
        'avoided',
        `${plural(savings.stops, 'stop')}, ${Math.round(savings.hoursOff)} h off` +
          (savings.stopsWithoutPrice === 0 ? '' : `; ${savings.stopsWithoutPrice} without a known price`),
      ),
      figure(
        `${regrets.regrets} of ${regrets.stops}`,
        'stops regretted',
        `in ${regrets.days} days${regrets.percent === null ? '' : ` (${regrets.percent} %)`}`,
      ),
    ),
    element('p', { class: 'quiet' }, savings.note),
    summary.alerts.length === 0
      ? null
      : element(
          'ul',
          { class: 'alerts' },
          ...summary.alerts.map((alert) =>
            element(
              'li',
              {},
              element('b', {}, alert.title),
              ` ${alert.sentence} `,
              element('small', {}, localTime(alert.at)),
            ),
          ),
        ),
    summary.blindSpots.length === 0
      ? null
      : element(
          'details',
          {},
          element('summary', {}, plural(summary.blindSpots.length, 'blind spot')),
          element(
            'ul',
            {},
            ...summary.blindSpots.map((spot) =>
              element('li', {}, element('b', {}, `${spot.workspace}/${spot.compute}`), ` ${spot.sentence}`),
            ),
          ),
        ),
  );
}
