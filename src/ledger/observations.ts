import { z } from 'zod';
import type { GpuIdle } from '../core/activity/gpu-idle.ts';
import type { ComputeRef, WorkspaceRef } from '../core/ids.ts';
import type { Mode, WarnReason } from '../core/idle/types.ts';
import type { Ledger, LedgerWrite } from '../ports/ledger.ts';
import { computeRefCodec, encodeRow, maybeTime, personCodec, timeCodec } from './codec.ts';
import { partitionOf, placeOf, withPrefix } from './partitions.ts';
import { dayMs, historyKeptMs } from './time-key.ts';
import { writeInChunks } from './write-in-chunks.ts';

/** What only several looks together can tell about one compute. Losing it loses time, never safety. */
export type Observation = {
  readonly ref: ComputeRef;
  readonly at: number;
  /** As a full row of Azure's said it last: a thin row leaves these out. */
  readonly known: {
    readonly state: string | null;
    readonly vmSize: string | null;
    readonly owner: z.infer<typeof personCodec> | null;
    readonly startedAt: number | null;
    /** When Azure had to be asked for it singly; null: rows of the list are full. */
    readonly readSinglyAt: number | null;
    /** Its own schedules in Azure, in words. */
    readonly nativeSchedules?: readonly string[];
  } | null;
  /** What the policy of the last look says of it, so that a page need not ask who is in which team. */
  readonly applies: {
    readonly mode: Mode;
    /** Names of the schedules that surely cover it. */
    readonly schedules: readonly string[];
    readonly maxSnoozeMs: number;
    /** Neither protected nor exempt. */
    readonly isFree: boolean;
  } | null;
  /** Since when it has been running without a verdict; null: the last verdict was one, or it does not run. */
  readonly unknownSinceAt: number | null;
  /** When the owner was asked about it during this time of not knowing. */
  readonly askedAt: number | null;
  /** The last warning that came due in mode `warn`, and the start of the run it was about. */
  readonly warnedInMode: {
    readonly reason: WarnReason;
    readonly at: number;
    readonly startedAt: number | null;
  } | null;
  /** Since when nothing but session reports keeps it; see `reportsOnlySince`. */
  readonly reportsOnlySinceAt: number | null;
  /** A job at work on a machine whose GPUs do nothing; null: there is none, or it was not seen. */
  readonly gpuIdle: GpuIdle | null;
  /** When a look first found that a job on it had ended. */
  readonly lastJobEndedAt: number | null;
  /** Unfinished jobs on it, and since when neither their status nor the machine's load has changed. */
  readonly jobs: readonly {
    readonly id: string;
    readonly status: string;
    readonly load: number | null;
    readonly sinceAt: number;
  }[];
};

const codec = z
  .object({
    ref: computeRefCodec,
    at: timeCodec,
    known: z
      .object({
        state: z.string().nullable().default(null),
        vmSize: z.string().nullable().default(null),
        owner: personCodec.nullable().default(null),
        startedAt: maybeTime,
        readSinglyAt: maybeTime,
        nativeSchedules: z.array(z.string()).default([]),
      })
      .nullable()
      .default(null),
    applies: z
      .object({
        mode: z.enum(['off', 'observe', 'warn', 'enforce']),
        schedules: z.array(z.string()),
        maxSnoozeMs: z.number(),
        isFree: z.boolean(),
      })
      .nullable()
      .catch(null),
    unknownSinceAt: maybeTime,
    askedAt: maybeTime,
    warnedInMode: z
      .object({
        reason: z.string().transform((value) => value as WarnReason),
        at: timeCodec,
        startedAt: maybeTime,
      })
      .nullable()
      .default(null),
    reportsOnlySinceAt: maybeTime,
    gpuIdle: z
      .object({ jobId: z.string(), jobName: z.string(), sinceAt: timeCodec, lastAt: timeCodec })
      .nullable()
      .catch(null),
    lastJobEndedAt: maybeTime,
    jobs: z
      .array(
        z.object({
          id: z.string(),
          status: z.string(),
          load: z.number().nullable().default(null),
          sinceAt: timeCodec,
        }),
      )
      .default([]),
  })
  .transform((value): Observation => value);

export const nothingObserved = (ref: ComputeRef): Observation => ({
  ref,
  at: 0,
  known: null,
  applies: null,
  unknownSinceAt: null,
  askedAt: null,
  warnedInMode: null,
  reportsOnlySinceAt: null,
  gpuIdle: null,
  lastJobEndedAt: null,
  jobs: [],
});

const rowOf = (ref: ComputeRef): string => placeOf(ref).row.replace(/^c-/, 'o-');

// An observation that cannot be read is as good as none: every member only ever delays or explains.
const decode = (value: unknown): Observation | null => codec.safeParse(value).data ?? null;

export async function readObservation(ledger: Ledger, ref: ComputeRef): Promise<Observation> {
  const found = await ledger.get('decisions', placeOf(ref).partition, rowOf(ref));
  return (found === null ? null : decode(found.value)) ?? nothingObserved(ref);
}

/** Observations of the workspace by compute row. */
export async function readObservations(
  ledger: Ledger,
  workspace: WorkspaceRef,
): Promise<ReadonlyMap<string, Observation>> {
  const rows = await ledger.list('decisions', partitionOf(workspace), withPrefix('o-'));
  const observations = new Map<string, Observation>();
  for (const row of rows) {
    const observation = decode(row.value);
    if (observation !== null) observations.set(row.row.replace(/^o-/, 'c-'), observation);
  }
  return observations;
}

/** Members in the order in which they are read, however they were put together. */
const saying = (observation: Observation): string =>
  JSON.stringify({ ...(decode(observation) ?? observation), at: 0 });

const isWorthWriting = (next: Observation, before: Observation | undefined): boolean =>
  before === undefined || next.at - before.at >= dayMs || saying(next) !== saying(before);

/** Writes the observations that differ from `before` (as from `readObservations`), or are a day old. */
export async function writeObservations(
  ledger: Ledger,
  workspace: WorkspaceRef,
  observations: readonly Observation[],
  before: ReadonlyMap<string, Observation>,
): Promise<void> {
  const writes = observations
    .filter((observation) => isWorthWriting(observation, before.get(placeOf(observation.ref).row)))
    .map((observation): LedgerWrite => {
      const value = encodeRow({ ...observation, expiresAt: observation.at + historyKeptMs });
      return { kind: 'put', row: rowOf(observation.ref), value };
    });
  await writeInChunks(ledger, 'decisions', partitionOf(workspace), writes);
}
