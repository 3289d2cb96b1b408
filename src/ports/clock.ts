/** Time comes in through this port only. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}
