/** Retry settings as the Node library sends them; milliseconds. */
export type RetrySettings = {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
};

/** One entry of the cumulative list of things an orchestrator asked for since its generation began. */
export type Action =
  | { readonly actionType: 0; readonly functionName: string; readonly input?: unknown }
  | {
      readonly actionType: 1;
      readonly functionName: string;
      readonly input?: unknown;
      readonly retryOptions: RetrySettings;
    }
  | {
      readonly actionType: 2;
      readonly functionName: string;
      readonly instanceId?: string | null;
      readonly input?: unknown;
    }
  | {
      readonly actionType: 3;
      readonly functionName: string;
      readonly instanceId?: string | null;
      readonly input?: unknown;
      readonly retryOptions: RetrySettings;
    }
  | { readonly actionType: 4; readonly input?: unknown }
  | { readonly actionType: 5; readonly fireAt: string; readonly isCanceled: boolean }
  | { readonly actionType: 6; readonly externalEventName: string }
  | { readonly actionType: 11 | 12; readonly compoundActions: readonly Action[] }
  | { readonly actionType: 7 | 8 | 9 | 10 | 13 | 14 };

/** Names of the actions this engine does not offer, for its error message. */
export const NOT_OFFERED: Readonly<Record<7 | 8 | 9 | 10 | 13 | 14, string>> = {
  7: 'callEntity',
  8: 'callHttp',
  9: 'signalEntity',
  10: 'a scheduled entity signal',
  13: 'an entity lock',
  14: 'the release of an entity lock',
};
