import { type Halt, writeHalt } from '../ledger/flags.ts';
import type { Flow } from './flow.ts';

/** From now on nothing is written to Azure, by workflows under way either, until somebody resumes. */
export async function halt(flow: Flow, by: string, why: string | null): Promise<Halt> {
  const flag: Halt = { halted: true, at: flow.ports.clock.now(), by, why };
  await writeHalt(flow.ports.ledger, flag);
  return flag;
}

export async function resume(flow: Flow, by: string): Promise<Halt> {
  const flag: Halt = { halted: false, at: flow.ports.clock.now(), by, why: null };
  await writeHalt(flow.ports.ledger, flag);
  return flag;
}
