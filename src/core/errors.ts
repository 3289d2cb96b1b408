/** Who can mend a fault: the caller, the policy's author, Azure, whoever deployed Lamplighter, or Lamplighter's developers. */
export type Fault = 'caller' | 'policy' | 'azure' | 'deployment' | 'lamplighter';

export type LamplighterErrorOptions = {
  readonly code: string;
  readonly fault: Fault;
  readonly retryable?: boolean;
  /** What the reader can do about it, as a sentence. */
  readonly fix: string;
  /** The field of the input that is wrong, if one is. */
  readonly field?: string;
  readonly cause?: unknown;
};

/** The one thrown error of the product: coded, with a word on what to try. Expected outcomes are values, never thrown. */
export class LamplighterError extends Error {
  readonly code: string;
  readonly fault: Fault;
  readonly retryable: boolean;
  readonly fix: string;
  readonly field: string | undefined;

  constructor(message: string, options: LamplighterErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LamplighterError';
    this.code = options.code;
    this.fault = options.fault;
    this.retryable = options.retryable ?? false;
    this.fix = options.fix;
    this.field = options.field;
  }
}
