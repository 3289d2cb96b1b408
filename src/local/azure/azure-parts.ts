import type { CallLog } from './call-log.ts';
import type { ComputeRecord, WorkspaceRecord } from './compute-record.ts';
import type { EventFeed } from './event-feed.ts';
import type { Faults } from './faults.ts';
import type { JsonObject } from './json.ts';
import type { LocalClock } from '../clock.ts';
import type { Operations } from './operations.ts';
import type { Principal } from './principal.ts';
import type { Tokens } from './tokens.ts';
import type { World } from './world.ts';

/** Oddities of the wire that live Azure may or may not show; Lamplighter must bear them all. */
export type WireHabits = {
  /** Rows of the computes list come without the kind's own properties: no state. Default false. */
  readonly thinRows: boolean;
  /** Whether a 202 carries headers: always, never, or by lot. Default `seeded`. */
  readonly acceptedHeaders: 'always' | 'never' | 'seeded';
  /** Rows per page of every list. Default 100. */
  readonly pageSize: number;
  /** The oldest api-version whose answers carry `idleTimeBeforeShutdown`; null: all do. Default null. */
  readonly idleSettingSince: string | null;
  /** Audiences of tokens that the regional metrics hosts take; null: any. Default null. */
  readonly metricsAudiences: readonly string[] | null;
};

/** What a machine that somebody is about to create will do: asked for at its first PUT, by anybody. */
export type CreationPlan = Pick<ComputeRecord, 'metrics' | 'jobs' | 'disk' | 'fails' | 'inUse'>;
export type CreationPlanner = (put: {
  readonly workspace: WorkspaceRecord;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly by: Principal;
}) => Partial<CreationPlan> | undefined;

/** What the handlers of the simulated Azure work with. */
export type AzureParts = {
  readonly clock: LocalClock;
  readonly random: () => number;
  readonly world: World;
  readonly faults: Faults;
  readonly log: CallLog;
  readonly feed: EventFeed;
  readonly tokens: Tokens;
  readonly operations: Operations;
  readonly habits: WireHabits;
  /** Plans of machines by lower-cased ARM id: they outlive a failed PUT. */
  readonly plans: Map<string, CreationPlan>;
  planCreation: CreationPlanner | null;
};
