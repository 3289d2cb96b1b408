import type { SummaryView } from '../../present/json/summary-view.ts';
import type { AppDoor } from '../door/app-door.ts';
import { bodyOf } from '../door/problem.ts';
import type { Surroundings } from '../surroundings.ts';

type Asked = {
  readonly all?: boolean | undefined;
  readonly workspace?: string | undefined;
  readonly state?: string | undefined;
};

/** Says on stderr why a list is empty, or shorter than was asked for. */
export async function tellNoneOfYours(
  door: AppDoor,
  { stderr }: Surroundings,
  asked: Asked,
  shown: number,
  found: number,
): Promise<void> {
  if (shown > 0 && asked.all !== true) return;
  const { you } = bodyOf<SummaryView>(await door.call('GET', '/api/summary'));
  if (asked.all === true && !you.admin) {
    stderr.write('These are yours only: everybody’s are an admin’s to see.\n');
  }
  if (shown > 0) return;
  const among = asked.workspace === undefined ? '' : ` in workspace ${asked.workspace}`;
  if (found > 0) stderr.write(`None of ${found} instances is ${asked.state ?? 'like that'}.\n`);
  else if (asked.all === true) stderr.write(`Lamplighter has seen no instance${among} yet.\n`);
  else {
    const more = you.admin ? ' --all lists everybody’s.' : ' "lamplighter request new" asks for one.';
    stderr.write(`You have no instance${among} that Lamplighter has seen.${more}\n`);
  }
}
