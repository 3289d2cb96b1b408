import type { Aggregation } from './metric-query.ts';
import type { Piece } from './metric-source.ts';

const minuteMs = 60_000;
/** JSON has no NaN; a value that cannot be used comes as text. */
const numberText = (value: number): string => (Number.isNaN(value) ? '"NaN"' : String(value));

export type Buckets = {
  readonly fromAt: number;
  readonly count: number;
  readonly bucketMinutes: number;
  readonly aggregations: readonly Aggregation[];
};

/**
 * Writes the `data` arrays of one request as JSON text. Series are piecewise constant, and machines of a fleet often do the
 * same, so stretches are written once and put together: a batch of hundreds of machines takes milliseconds.
 */
export class DataWriter {
  readonly #buckets: Buckets;
  readonly #openings: readonly string[];
  readonly #stretches = new Map<string, string>();

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
    this.#openings = Array.from(
      { length: buckets.count },
      (_, index) =>
        `{"timeStamp":"${new Date(buckets.fromAt + index * buckets.bucketMinutes * minuteMs).toISOString().replace('.000Z', 'Z')}"`,
    );
  }

  /** One or more series of minutes, merged bucket by bucket. */
  write(sources: readonly (readonly Piece[])[]): string {
    const only = sources.length === 1 ? sources[0] : undefined;
    return only !== undefined && this.#buckets.bucketMinutes === 1
      ? this.#writeMinutes(only)
      : this.#writeMerged(sources);
  }

  #writeMinutes(pieces: readonly Piece[]): string {
    const parts: string[] = [];
    let at = 0;
    for (const piece of pieces) {
      if (piece.from > at) parts.push(this.#stretch(at, piece.from, ''));
      parts.push(this.#stretch(piece.from, piece.to, this.#values([piece.value])));
      at = piece.to;
    }
    if (at < this.#buckets.count) parts.push(this.#stretch(at, this.#buckets.count, ''));
    return `[${parts.join(',')}]`;
  }

  #writeMerged(sources: readonly (readonly Piece[])[]): string {
    const { count, bucketMinutes } = this.#buckets;
    const values: number[][] = Array.from({ length: count }, () => []);
    for (const pieces of sources) {
      for (const piece of pieces) {
        for (let minute = piece.from; minute < piece.to; minute++) {
          values[Math.floor(minute / bucketMinutes)]?.push(piece.value);
        }
      }
    }
    const parts = values.map((found, index) => `${this.#openings[index]}${this.#values(found)}}`);
    return `[${parts.join(',')}]`;
  }

  #stretch(from: number, to: number, suffix: string): string {
    const key = `${from}:${to}:${suffix}`;
    let text = this.#stretches.get(key);
    if (text === undefined) {
      text = this.#openings.slice(from, to).join(`${suffix}},`) + `${suffix}}`;
      this.#stretches.set(key, text);
    }
    return text;
  }

  #values(found: readonly number[]): string {
    if (found.length === 0) return '';
    let text = '';
    for (const aggregation of this.#buckets.aggregations) {
      text += `,"${aggregation}":${numberText(aggregate(aggregation, found))}`;
    }
    return text;
  }
}

function aggregate(aggregation: Aggregation, values: readonly number[]): number {
  const first = values[0] ?? Number.NaN;
  if (values.length === 1) return aggregation === 'count' ? 1 : first;
  switch (aggregation) {
    case 'average':
      return values.reduce((total, value) => total + value, 0) / values.length;
    case 'minimum':
      return Math.min(...values);
    case 'maximum':
      return Math.max(...values);
    case 'total':
      return values.reduce((total, value) => total + value, 0);
    case 'count':
      return values.length;
  }
}
