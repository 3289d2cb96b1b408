import { element } from './element.ts';

export const keepChoices = ['1h', '2h', '4h', '8h', '24h'];

/** For so long, or past the next stop of its schedules. */
export type KeepLength = { readonly for: string } | { readonly until: 'next-start' };

/** Asks for how long. A link in a message opens this too: following it changes nothing until the button is pressed. */
export function askHowLong(name: string, keep: (length: KeepLength) => void): void {
  const dialog = element('dialog', { 'aria-label': `Keep ${name}` });
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const choice = (label: string, length: KeepLength) =>
    element(
      'button',
      {
        type: 'button',
        act: () => {
          close();
          keep(length);
        },
      },
      label,
    );
  const buttons = [
    ...keepChoices.map((duration) => choice(duration, { for: duration })),
    choice('through the night', { until: 'next-start' }),
  ];
  dialog.append(
    element('p', {}, element('b', {}, name), ' — leave it running for how long?'),
    element('p', { class: 'buttons' }, ...buttons),
    element(
      'p',
      { class: 'quiet' },
      'It is not stopped by Lamplighter in that time. Files stay in any case.',
    ),
    element('button', { type: 'button', act: close }, 'Never mind'),
  );
  document.body.append(dialog);
  dialog.showModal();
}
