import { z } from 'zod';
import { nameOf } from '../../../auth/caller.ts';
import { halt, resume } from '../../../fleet/halt.ts';
import { type Halt, readHalt } from '../../../ledger/flags.ts';
import { formatVersion, instant, instantOf } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { answer, route, type Route } from '../route.ts';

const haltView = z.object({
  formatVersion,
  halted: z.boolean(),
  since: instant.nullable(),
  by: z.string().nullable(),
  why: z.string().nullable(),
});

const viewOf = (halt: Halt | null): z.infer<typeof haltView> => ({
  formatVersion: 1,
  halted: halt?.halted ?? false,
  since: halt === null ? null : instantOf(halt.at),
  by: halt?.by ?? null,
  why: halt?.why ?? null,
});

const body = z
  .strictObject({ why: z.string().trim().max(500).optional() })
  .default({})
  .meta({ description: 'Why, for those who wonder' });

/** Stops every write to Azure, running workflows included: they read the flag right before each. */
export const halts = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const shape = { method: 'POST', access: 'admin', answers: { status: 200, schema: haltView } } as const;
  return [
    route(
      { ...shape, name: 'httpHalt', path: 'halt', body, summary: 'Write nothing to Azure until resumed' },
      async (call) => answer(200, viewOf(await halt(flow, nameOf(call.caller), call.body.why ?? null))),
    ),
    route({ ...shape, name: 'httpResume', path: 'resume', summary: 'Take up work again' }, async (call) =>
      answer(200, viewOf(await resume(flow, nameOf(call.caller)))),
    ),
    route(
      {
        name: 'httpHaltRead',
        method: 'GET',
        path: 'halt',
        access: 'signed-in',
        summary: 'Whether work is halted, by whom and why',
        answers: { status: 200, schema: haltView },
      },
      async () => answer(200, viewOf(await readHalt(ports.ledger))),
    ),
  ];
};
