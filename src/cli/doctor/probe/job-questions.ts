import { armApiVersion } from '../../../adapters/azure/arm-clients.ts';
import { recordField, textField, type WireRecord } from '../../../adapters/azure/wire.ts';
import { computeKey, parseComputeArmId, workspaceArmId } from '../../../core/ids.ts';
import { open, type Question, settled } from './question.ts';

const pagesAtMost = 5;
const createdAt = (row: WireRecord): number =>
  Date.parse(textField(recordField(row, 'systemData'), 'createdAt') ?? '');

function orderOf(times: readonly number[]): 'newest first' | 'oldest first' | 'in no order of creation' {
  const pairs = times.slice(1).map((time, index) => Math.sign(time - (times[index] ?? time)));
  if (pairs.every((sign) => sign <= 0)) return 'newest first';
  return pairs.every((sign) => sign >= 0) ? 'oldest first' : 'in no order of creation';
}

const orderQuestion: Question = {
  id: 'jobs.order',
  question: 'In which order does the jobs list come, and how many rows has a page?',
  async ask({ client, subject }) {
    const { rows, pages, fault } = await client.list(
      `${workspaceArmId(subject.workspace)}/jobs`,
      armApiVersion,
      pagesAtMost,
    );
    if (rows === null) return open(`The jobs cannot be read: ${fault ?? ''}`);
    const times = rows.map(createdAt).filter((at) => !Number.isNaN(at));
    const facts = { rows: rows.length, pages, rowsPerPage: pages === 0 ? 0 : Math.ceil(rows.length / pages) };
    if (new Set(times).size < 3) return open(`There are too few jobs to tell: ${rows.length}.`, facts);
    return settled(
      `${orderOf(times)}; ${rows.length} rows on ${pages === pagesAtMost ? 'the first ' : ''}${pages} pages.`,
      { ...facts, order: orderOf(times) },
    );
  },
};

type Held = 'an instance’s ARM id' | 'an ARM id of another compute' | 'something else';

const computeIdQuestion: Question = {
  id: 'jobs.compute-id',
  question: 'Does a job on an instance carry the instance’s ARM id as its computeId?',
  async ask({ client, subject }) {
    const { rows, fault } = await client.list(
      `${workspaceArmId(subject.workspace)}/jobs`,
      armApiVersion,
      pagesAtMost,
    );
    if (rows === null) return open(`The jobs cannot be read: ${fault ?? ''}`);
    const instances = new Map(subject.instances.map(({ ref }) => [computeKey(ref) as string, ref.compute]));
    const names = new Set([...instances.values()].map((name) => name.toLowerCase()));
    const counts: Record<Held, number> = {
      'an instance’s ARM id': 0,
      'an ARM id of another compute': 0,
      'something else': 0,
    };
    let bare: string | null = null;
    for (const row of rows) {
      const id = textField(recordField(row, 'properties'), 'computeId');
      if (id === null) continue;
      const held = heldIn(id, instances);
      counts[held] += 1;
      if (held === 'something else' && names.has(id.toLowerCase())) bare = id;
    }
    if (counts['an instance’s ARM id'] > 0) {
      return settled(`Yes, in ${counts['an instance’s ARM id']} of ${rows.length} jobs.`, counts);
    }
    if (bare !== null) return settled(`No: it holds the bare name ${bare}.`, counts);
    return open(`None of ${rows.length} jobs names an instance that is there.`, counts);
  },
};

function heldIn(id: string, instances: ReadonlyMap<string, string>): Held {
  try {
    return instances.has(computeKey(parseComputeArmId(id)))
      ? 'an instance’s ARM id'
      : 'an ARM id of another compute';
  } catch {
    return 'something else';
  }
}

export const jobQuestions: readonly Question[] = [orderQuestion, computeIdQuestion];
