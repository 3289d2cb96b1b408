/** What a request does to the world, in this order. Each is written down before it is done, and has its undo. */
export const provisionSteps = ['reserve', 'create'] as const;
export type ProvisionStep = (typeof provisionSteps)[number];

/** `release-quota` gives the reserved quota back; `delete-instance` deletes what carries this request's id, nothing else. */
export type Undo = 'release-quota' | 'delete-instance';

const undoOf: Readonly<Record<ProvisionStep, Undo>> = { reserve: 'release-quota', create: 'delete-instance' };

/** What takes back everything that was begun, the last first: a step may have taken effect though its answer was lost. */
export const undosOf = (begun: readonly ProvisionStep[]): readonly Undo[] =>
  provisionSteps
    .filter((step) => begun.includes(step))
    .map((step) => undoOf[step])
    .toReversed();

export const withStep = (begun: readonly ProvisionStep[], step: ProvisionStep): readonly ProvisionStep[] =>
  begun.includes(step) ? begun : [...begun, step];
