import type { AzureParts } from './azure-parts.ts';
import type { AcceptedWrite, WriteOperation } from './call-log.ts';
import type { ComputeRecord } from './compute-record.ts';
import type { Principal } from './principal.ts';

const eventOf: Readonly<
  Partial<
    Record<WriteOperation, { readonly kind: 'write' | 'delete' | 'action'; readonly operation: string }>
  >
> = {
  create: { kind: 'write', operation: 'write' },
  attach: { kind: 'write', operation: 'write' },
  patch: { kind: 'write', operation: 'write' },
  delete: { kind: 'delete', operation: 'delete' },
  detach: { kind: 'delete', operation: 'delete' },
  start: { kind: 'action', operation: 'start/action' },
  stop: { kind: 'action', operation: 'stop/action' },
  restart: { kind: 'action', operation: 'restart/action' },
  idleSetting: { kind: 'action', operation: 'updateIdleShutdownSetting/action' },
  schedules: { kind: 'action', operation: 'updateSchedules/action' },
};

/** Writes an accepted write down, and has Azure tell of it once it has taken effect. */
export function recordWrite(
  parts: AzureParts,
  write: {
    readonly operation: WriteOperation;
    readonly record: ComputeRecord;
    readonly by: Principal;
    readonly now: number;
    /** Null: it never takes effect, so nobody hears of it. */
    readonly effectAt: number | null;
    readonly overwrote?: boolean;
  },
): void {
  const { operation, record, by, now, effectAt } = write;
  const entry: AcceptedWrite = {
    at: now,
    principalId: by.objectId,
    principal: by.name,
    byApp: by.kind === 'app' && by.name !== 'azure',
    operation,
    compute: record.name,
    computeId: record.id,
    ...(write.overwrote === true ? { overwrote: true as const } : {}),
  };
  parts.log.writes.push(entry);
  const told = eventOf[operation];
  if (told === undefined || effectAt === null) return;
  parts.feed.emit({
    ...told,
    succeeded: record.pending?.error === undefined || record.pending.error === null,
    computeId: record.id,
    at: effectAt,
    by,
  });
}
