import type {
  Ledger,
  LedgerOutcome,
  LedgerRow,
  LedgerTable,
  LedgerValue,
  LedgerWrite,
} from '../../ports/ledger.ts';
import { checkKey, checkTransaction, expiryOf } from './ledger-rules.ts';

/** What was written over a row of the ledger below; `null`: it was deleted. */
type Laid = { readonly text: string; readonly etag: string } | null;
type Layer = Map<string, Laid>;

const compareRows = (one: LedgerRow, other: LedgerRow): number =>
  one.row < other.row ? -1 : one.row > other.row ? 1 : 0;

const rowOf = (partition: string, row: string, laid: NonNullable<Laid>): LedgerRow => ({
  partition,
  row,
  value: JSON.parse(laid.text) as LedgerValue,
  etag: laid.etag,
});

/**
 * A ledger whose reads go through to another one and whose writes stay here, in memory: what happens to it happens
 * nowhere else. Rows of the ledger below that change meanwhile are seen until they are written here.
 */
export function createOverlayLedger(base: Pick<Ledger, 'get' | 'list'>): Ledger {
  const layers = new Map<string, Layer>();
  let writes = 0;

  function layerOf(table: LedgerTable, partition: string): Layer {
    const key = `${table}|${partition}`;
    const layer = layers.get(key) ?? new Map<string, Laid>();
    layers.set(key, layer);
    return layer;
  }

  async function get(table: LedgerTable, partition: string, row: string): Promise<LedgerRow | null> {
    checkKey('partition', partition);
    checkKey('row', row);
    const laid = layerOf(table, partition).get(row);
    if (laid === undefined) return base.get(table, partition, row);
    return laid === null ? null : rowOf(partition, row, laid);
  }

  /** What is below is read first, so that nothing comes between the check and the write. */
  async function apply(
    table: LedgerTable,
    partition: string,
    list: readonly LedgerWrite[],
  ): Promise<string | null> {
    checkKey('partition', partition);
    const texts = checkTransaction(list);
    const layer = layerOf(table, partition);
    const below = new Map<string, string | undefined>();
    for (const { kind, row } of list) {
      if (kind === 'put' || layer.has(row)) continue;
      below.set(row, (await base.get(table, partition, row))?.etag);
    }
    const etagOf = (row: string): string | undefined => {
      const laid = layer.get(row);
      return laid === undefined ? below.get(row) : laid?.etag;
    };
    for (const write of list) {
      const etag = etagOf(write.row);
      if (write.kind === 'insert' && etag !== undefined) return null;
      if (write.kind === 'replace' && etag !== write.etag) return null;
      if (write.kind === 'delete' && write.etag !== undefined && etag !== write.etag) return null;
    }
    let etag = '';
    for (const [index, write] of list.entries()) {
      etag = '';
      if (write.kind === 'delete') {
        layer.set(write.row, null);
        continue;
      }
      writes += 1;
      etag = `W/"overlay-${writes}"`;
      layer.set(write.row, { text: texts[index] ?? '{}', etag });
    }
    return etag;
  }

  return {
    get,

    async list(table, partition, range = {}) {
      checkKey('partition', partition);
      if (range.from !== undefined) checkKey('from', range.from);
      if (range.to !== undefined) checkKey('to', range.to);
      const layer = layerOf(table, partition);
      const { limit, ...within } = range;
      // Of the rows below some may be deleted here, so that a limit holds for the whole only.
      const found = await base.list(table, partition, layer.size === 0 ? range : within);
      const rows = found.filter(({ row }) => !layer.has(row));
      for (const [row, laid] of layer) {
        const inside =
          (range.from === undefined || row >= range.from) && (range.to === undefined || row < range.to);
        if (laid !== null && inside) rows.push(rowOf(partition, row, laid));
      }
      return rows.toSorted(compareRows).slice(0, limit);
    },

    async write(table, partition, write): Promise<LedgerOutcome> {
      const etag = await apply(table, partition, [write]);
      return etag === null ? { ok: false, why: 'conflict' } : { ok: true, etag };
    },

    async transact(table, partition, list) {
      return (await apply(table, partition, list)) === null ? { ok: false, why: 'conflict' } : { ok: true };
    },

    /** Only what was written here: what has had its time below is for its own deployment to drop. */
    async prune(table, at) {
      let pruned = 0;
      for (const [key, layer] of layers) {
        if (!key.startsWith(`${table}|`)) continue;
        for (const [row, laid] of layer) {
          const expiresAt = laid === null ? null : expiryOf(JSON.parse(laid.text) as LedgerValue);
          if (expiresAt === null || expiresAt > at) continue;
          layer.set(row, null);
          pruned += 1;
        }
      }
      return pruned;
    },
  };
}
