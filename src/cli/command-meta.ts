import type { CommandMeta } from 'citty';

/** What --help says of a command beyond its flags. */
export type CommandHelp = {
  /** Whole command lines. */
  readonly examples?: readonly string[];
  /** What its exit codes mean; left out: 0 done, 1 error. */
  readonly exits?: Readonly<Record<number, string>>;
  /** It takes any number of words. */
  readonly manyWords?: true;
};
export type HelpfulMeta = CommandMeta & CommandHelp;
