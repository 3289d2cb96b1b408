/** A place where a function app breaks one of the rules that the recordings of the real host and engine teach. */
export type Violation = { readonly rule: string; readonly where: string; readonly problem: string };
