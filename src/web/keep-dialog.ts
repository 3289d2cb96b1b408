import { buttonRow, actButton, openDialog } from './dialog.ts';
import { element } from './element.ts';

const choices = ['1h', '2h', '4h', '8h', '24h'];

/** For so long, or past the next stop of its schedules. */
export type KeepLength = { readonly for: string } | { readonly until: 'next-start' };

export const keepMeaning =
  'Lamplighter does not stop it in that time, whatever it does. Files stay in any case.';

/** Asks for how long. A link in a message opens this too: following it changes nothing until a button is pressed. */
export function askHowLong(
  title: string,
  meaning: string,
  /** Whether a schedule may stop it, so that there is a night to bring it through. */
  scheduled: boolean,
  keep: (length: KeepLength) => void,
): void {
  openDialog(title, (close) => {
    const choice = (label: string, length: KeepLength) =>
      actButton(label, () => {
        close();
        keep(length);
      });
    return [
      element('p', {}, 'Leave it running for how long?'),
      buttonRow(
        ...choices.map((duration) => choice(duration, { for: duration })),
        scheduled ? choice('through the night', { until: 'next-start' }) : null,
      ),
      element('p', { class: 'quiet' }, meaning),
      buttonRow(actButton('Never mind', close)),
    ];
  });
}
