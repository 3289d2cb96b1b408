import type { LimitView } from '../present/json/limit-view.ts';
import type { QuotaView } from '../present/json/quota-view.ts';
import { read, Refusal } from './api.ts';
import { element } from './element.ts';

type Usage = NonNullable<QuotaView['azure'][number]['regional']>;

/** Azure is asked for it, so it is read when somebody looks, and again after a while. */
const freshForMs = 120_000;
let known: { readonly at: number; readonly quota: Promise<QuotaView> } | null = null;

const usageText = ({ used, limit }: Usage): string => `${used} of ${limit ?? 'an unknown number'}`;

function bar({ used, limit, reserved }: LimitView): HTMLElement {
  const meter = element('meter', { min: '0', max: String(limit ?? 1), value: String(used + reserved) });
  meter.setAttribute('aria-hidden', 'true');
  return meter;
}

const limitsOf = (limits: readonly LimitView[]): HTMLElement =>
  limits.length === 0
    ? element('p', {}, 'The policy sets no limit for you.')
    : element(
        'ul',
        { class: 'limits' },
        ...limits.map((limit) =>
          element(
            'li',
            {},
            limit.limit === null ? null : bar(limit),
            ` ${limit.sentence}`,
            limit.state === 'within' ? null : element('b', {}, ` ${limit.state}`),
          ),
        ),
      );

const regionsOf = ({ azure }: QuotaView): readonly HTMLElement[] =>
  azure.map((region) =>
    element(
      'div',
      {},
      element('h3', {}, `Azure, ${region.location}`),
      element('small', {}, region.subscription),
      region.readable
        ? element(
            'ul',
            {},
            region.regional === null ? null : element('li', {}, `${usageText(region.regional)} cores in all`),
            region.computes === null ? null : element('li', {}, `${usageText(region.computes)} computes`),
            ...region.families.map((family) =>
              element('li', {}, `${usageText(family)} cores of ${family.family}`),
            ),
          )
        : element('p', {}, 'Azure does not say now; that is unknown, not zero.'),
    ),
  );

/** One's own limits, for an admin all and Azure's. */
export function quotaSection(): HTMLElement {
  const details = element('details', {}, element('summary', {}, 'Limits and what is used of them'));
  const room = element('div', {});
  details.append(room);
  details.addEventListener('toggle', () => {
    if (!details.open) return;
    if (known === null || Date.now() - known.at > freshForMs) {
      known = { at: Date.now(), quota: read<QuotaView>('/api/quota') };
      room.replaceChildren(element('p', { class: 'quiet' }, 'Counting…'));
    }
    known.quota.then(
      (quota) =>
        room.replaceChildren(
          limitsOf(quota.limits),
          ...regionsOf(quota),
          element('p', { class: 'quiet' }, quota.note),
        ),
      (error: unknown) => {
        known = null;
        const said = error instanceof Refusal ? `${error.message} ${error.advice}` : 'It cannot be read now.';
        room.replaceChildren(element('p', {}, said));
      },
    );
  });
  return element('section', { id: 'quota' }, element('h2', {}, 'Quota'), details);
}
