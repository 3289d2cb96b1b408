import type { YamlPath } from '../yaml/fault.ts';

/** A rule across settings that a policy breaks. */
export type RuleFault = {
  readonly path: YamlPath;
  readonly message: string;
  readonly suggestion?: string;
  /** Sections the rule looked at: it says nothing where one of them could not be read. */
  readonly about: readonly string[];
};
