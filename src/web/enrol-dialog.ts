import { element } from './element.ts';

/** What the owner is to run, as the API gives it. */
export type EnrolmentLines = {
  readonly install: string | null;
  readonly remove: string;
  readonly validUntil: string;
  readonly consequences: readonly string[];
};

const paragraphs = (texts: readonly string[]): HTMLElement[] =>
  texts.map((text) => element('p', { class: 'quiet' }, text));

/**
 * Offers the line that brings the session agent onto a compute. A link in a message opens this; a code is made only when
 * the button is pressed.
 */
export function offerEnrolment(name: string, enrol: () => Promise<EnrolmentLines>): void {
  const dialog = element('dialog', { 'aria-label': `Session agent for ${name}` });
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const closeButton = () => element('button', { type: 'button', act: close }, 'Close');
  const failed = (error: unknown) =>
    dialog.append(
      element('p', { role: 'alert' }, error instanceof Error ? error.message : 'That did not work.'),
    );
  const show = ({ install, remove, validUntil, consequences }: EnrolmentLines) =>
    dialog.replaceChildren(
      element('p', {}, 'Run this in a terminal on ', element('b', {}, name), ':'),
      element('pre', {}, install ?? ''),
      element('p', {}, 'And this to take it off again:'),
      element('pre', {}, remove),
      ...paragraphs([`The first line works once, until ${validUntil.slice(0, 16).replace('T', ' ')} UTC.`]),
      ...paragraphs(consequences),
      closeButton(),
    );
  dialog.append(
    element('p', {}, 'Let Lamplighter see when ', element('b', {}, name), ' is used?'),
    element(
      'p',
      { class: 'quiet' },
      'A small agent on it says once a minute what is busy and what is idle, and nothing else.',
    ),
    element(
      'p',
      { class: 'buttons' },
      element('button', { type: 'button', act: () => void enrol().then(show, failed) }, 'Give me the line'),
    ),
    closeButton(),
  );
  document.body.append(dialog);
  dialog.showModal();
}
