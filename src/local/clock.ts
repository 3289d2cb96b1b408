/** Time of everything in `local/`: host timers, engine timers and timestamps, the simulated Azure. */
export interface LocalClock {
  now(): number;
  /** Calls back once at `at` or later; returns a function that cancels. Under a virtual clock only `advanceTo` fires it. */
  at(dueAt: number, callback: () => void): () => void;
}
