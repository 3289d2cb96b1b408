/**
 * What a match is tested on: a compute, a target to attach, or a machine asked for. A fact that is not known is null;
 * null is never read as "no".
 */
export type PolicySubject = {
  /** Every name it goes by: the id, and the display name where known. */
  readonly subscription: string | readonly string[];
  readonly workspace: string;
  readonly compute: string;
  /** As ARM spells it. */
  readonly kind: string;
  /** Every name of the owner: object id, user principal name, display name. Empty: it has none. */
  readonly user: readonly string[] | null;
  readonly teams: readonly string[] | null;
  readonly vmSize: string | null;
  readonly family: string | null;
  readonly gpu: boolean | null;
  readonly tags: Readonly<Record<string, string>> | null;
};
