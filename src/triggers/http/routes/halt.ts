import { z } from 'zod';
import { readHalt, writeHalt } from '../../../ledger/flags.ts';
import type { Halt } from '../../../ledger/flags.ts';
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
export const halt = ({ ports }: AppDoors): readonly Route[] => {
  const change =
    (halted: boolean) =>
    async (call: {
      readonly caller: { name: string | null; objectId: string };
      body: z.output<typeof body>;
      at: number;
    }) => {
      const next = {
        halted,
        at: call.at,
        by: call.caller.name ?? call.caller.objectId,
        why: call.body.why ?? null,
      };
      await writeHalt(ports.ledger, next);
      return answer(200, viewOf(next));
    };
  const shape = {
    method: 'POST',
    access: 'admin',
    body,
    answers: { status: 200, schema: haltView },
  } as const;
  return [
    route(
      { ...shape, name: 'httpHalt', path: 'halt', summary: 'Write nothing to Azure until resumed' },
      change(true),
    ),
    route({ ...shape, name: 'httpResume', path: 'resume', summary: 'Take up work again' }, change(false)),
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
