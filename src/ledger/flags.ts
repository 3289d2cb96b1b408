import { z } from 'zod';
import type { Ledger } from '../ports/ledger.ts';
import { decodeRow, encodeRow, timeCodec } from './codec.ts';

/** While it is set, Lamplighter writes nothing to Azure. */
export type Halt = {
  readonly halted: boolean;
  readonly at: number;
  readonly by: string;
  readonly why: string | null;
};

const partition = 'flags';
const row = 'halt';
const codec = z.object({
  halted: z.boolean(),
  at: timeCodec,
  by: z.string().default(''),
  why: z.string().nullable().default(null),
});

/** Null: never set. A row that cannot be read throws, and so stops every write. */
export async function readHalt(ledger: Ledger): Promise<Halt | null> {
  const found = await ledger.get('flags', partition, row);
  return found === null ? null : decodeRow(codec, found, 'halt flag');
}

export async function isHalted(ledger: Ledger): Promise<boolean> {
  return (await readHalt(ledger))?.halted ?? false;
}

export async function writeHalt(ledger: Ledger, halt: Halt): Promise<void> {
  await ledger.write('flags', partition, { kind: 'put', row, value: encodeRow(halt) });
}
