import type { DurableEngine } from './durable-engine.ts';
import type { ManagementRequest } from './management-answers.ts';
import type { ManagementAddress } from './management-links.ts';

/** One call of the management API, with what it acts on. */
export type ManagementCall = {
  readonly engine: DurableEngine;
  readonly address: ManagementAddress;
  readonly request: ManagementRequest;
  readonly url: URL;
  readonly parameters: URLSearchParams;
};

/** A flag in the query: `true` in any letter case. */
export function flagged(call: ManagementCall, name: string): boolean {
  return call.parameters.get(name)?.toLowerCase() === 'true';
}

/** A flag that is on unless it says `false`. */
export function unlessRefused(call: ManagementCall, name: string): boolean {
  return call.parameters.get(name)?.toLowerCase() !== 'false';
}
