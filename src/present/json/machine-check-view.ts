import { z } from 'zod';
import { limitView } from './limit-view.ts';
import { endpointsView } from './quota-view.ts';
import { computeAddress } from './scalars.ts';

/** What a request for a machine would meet. */
export const machineCheckView = z.object({
  outcome: z.enum(['granted', 'approval', 'refused']),
  codes: z.array(z.string()).meta({ description: 'What a request would be refused with, in order' }),
  approval: z
    .object({ approvers: z.number().int(), because: z.array(z.string()) })
    .nullable()
    .meta({ description: 'How many have to agree, and why; null: nobody, or it is refused' }),
  sizeFaults: z.array(z.object({ code: z.string(), detail: z.string() })),
  limits: z.array(limitView),
  ownStopped: z
    .array(computeAddress)
    .meta({ description: 'Stopped machines of the person: deleting one gives its quota back' }),
  enoughIfDeleted: z.boolean(),
  sizesWithRoom: z.array(z.string()),
  endpointCores: z.number().nullable().meta({
    description:
      'Cores of that family that online endpoints hold, where a limit of Azure’s is in the way; null: none is, or not known',
  }),
  endpoints: endpointsView.nullable().meta({ description: 'The same for admins, by name' }),
});
export type MachineCheckView = z.infer<typeof machineCheckView>;
