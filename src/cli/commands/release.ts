import { table } from '../../present/table.ts';
import type { ComputeAddress } from '../../present/json/compute-address.ts';
import { appCommand } from '../app-command.ts';
import { bodyOf } from '../door/problem.ts';
import { momentText } from '../moment-text.ts';

type Batch = {
  readonly batchId: string;
  readonly status: string;
  readonly heldAt: string;
  readonly limit: number;
  readonly count: number;
  readonly computes: readonly ComputeAddress[];
};

const shownAtMost = 5;

function namesOf({ computes, count }: Batch): string {
  const names = computes
    .map(({ workspace, compute }) => `${workspace}/${compute}`)
    .toSorted()
    .slice(0, shownAtMost);
  const more = count - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Lets what the blast limit held back pass. */
export const release = appCommand({
  name: 'release',
  description:
    'Lets a batch that the blast limit holds back pass at the next sweep; without its id: lists them (admins)',
  args: {
    batch: { type: 'positional', required: false, description: 'Id of the batch' },
    all: { type: 'boolean', description: 'When listing: those that are released, spent or lapsed too' },
  },
  examples: ['lamplighter release', 'lamplighter release b0123'],
  async act({ args, door, say, surroundings }) {
    const { batch } = args;
    if (batch !== undefined) {
      const path = `/api/batches/${encodeURIComponent(batch)}/release`;
      const released = bodyOf<Batch>(await door.call('POST', path));
      say(
        released,
        () =>
          `Released: exactly these ${released.count} may be warned at the next sweep: ${namesOf(released)}.\n`,
      );
      return 0;
    }
    const { batches: all } = bodyOf<{ batches: readonly Batch[] }>(await door.call('GET', '/api/batches'));
    const batches = all.filter(({ status }) => args.all === true || status === 'held');
    say({ batches }, () =>
      table(
        [
          { title: 'BATCH' },
          { title: 'STATUS' },
          { title: 'HELD' },
          { title: 'COMPUTES', align: 'right' },
          { title: 'LIMIT', align: 'right' },
          { title: 'WHICH', flexible: true },
        ],
        batches.map((one) => [
          one.batchId,
          one.status,
          momentText(one.heldAt),
          String(one.count),
          String(one.limit),
          namesOf(one),
        ]),
        surroundings.look,
      ),
    );
    if (batches.length === 0 && args.json !== true)
      surroundings.stderr.write('The blast limit holds nothing back.\n');
    return 0;
  },
});
