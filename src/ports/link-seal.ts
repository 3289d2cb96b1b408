/** Makes texts that only this deployment can have made. What is sealed can be read by everybody: it is no secret. */
export interface LinkSeal {
  /** Letters, digits, `-`, `_` and one dot; null: the deployment has no key. */
  seal(text: string): string | null;
  /** The text within; null: it was not sealed by us, or has been changed. */
  open(sealed: string): string | null;
}
