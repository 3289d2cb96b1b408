/** Where the policy file lives: a file beside the app, or a blob. */
export interface PolicySource {
  /** What to call it in a sentence: a path or a URL without its query. */
  readonly name: string;
  /** The text as it is now. Throws `LamplighterError` `policy.unreadable` (retryable unless it is missing). */
  read(): Promise<string>;
}
