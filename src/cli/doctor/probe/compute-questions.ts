import { armApiVersion } from '../../../adapters/azure/arm-clients.ts';
import { fieldOf, listField, recordField, textField, type WireRecord } from '../../../adapters/azure/wire.ts';
import { computeArmId, workspaceArmId } from '../../../core/ids.ts';
import { open, type Question, settled } from './question.ts';

const innerOf = (row: WireRecord): WireRecord => recordField(recordField(row, 'properties'), 'properties');
const isInstance = (row: WireRecord): boolean =>
  (textField(recordField(row, 'properties'), 'computeType') ?? '').toLowerCase() === 'computeinstance';
const carries = (inner: WireRecord, name: string): boolean => fieldOf(inner, name) !== undefined;

/** What a sweep would otherwise ask for instance by instance. */
const wanted = [
  'state',
  'vmSize',
  'lastOperation',
  'idleTimeBeforeShutdown',
  'personalComputeInstanceSettings',
  'schedules',
  'connectivityEndpoints',
  'osImageMetadata',
];

const rowsQuestion: Question = {
  id: 'computes.list-rows',
  question: 'Are the rows of the computes list full, and which fields do they carry?',
  async ask({ client, subject }) {
    const path = `${workspaceArmId(subject.workspace)}/computes`;
    const { rows, fault } = await client.list(path, armApiVersion, 20);
    if (rows === null) return open(`The list cannot be read: ${fault ?? ''}`);
    const listed = rows.filter(isInstance);
    const [first] = listed;
    if (first === undefined) return open('The workspace holds no instance.');
    const single = innerOf(
      (await client.get(`${path}/${textField(first, 'name') ?? ''}`, armApiVersion)).body,
    );
    const present = wanted.filter((name) => listed.some((row) => carries(innerOf(row), name)));
    const lacking = wanted.filter((name) => !present.includes(name));
    // What a GET does not carry either says nothing of the list.
    const cut = lacking.filter((name) => carries(single, name));
    const facts = { instances: listed.length, present, lacking, onlyInGet: cut };
    if (!present.includes('state')) {
      return settled(
        `Thin: none of ${listed.length} rows carries its state; a GET adds ${cut.join(', ') || 'nothing'}.`,
        facts,
      );
    }
    const rest =
      cut.length === 0 ? 'a GET carries no more of what is needed' : `a GET adds ${cut.join(', ')}`;
    return settled(`Full: rows carry ${present.join(', ')}; ${rest}.`, facts);
  },
};

const stableVersions = [
  '2022-10-01',
  '2023-04-01',
  '2023-10-01',
  '2024-04-01',
  '2024-10-01',
  '2025-04-01',
  '2025-06-01',
  '2025-09-01',
  '2025-12-01',
];

const versionQuestion: Question = {
  id: 'computes.idle-setting-version',
  question: 'Which stable api-version is the first to answer with idleTimeBeforeShutdown?',
  async ask({ client, subject }) {
    const set = subject.instances.find(({ idleShutdownMinutes }) => typeof idleShutdownMinutes === 'number');
    const one = set ?? subject.instances.find(({ idleShutdownMinutes }) => idleShutdownMinutes !== undefined);
    if (one === undefined) {
      return open(
        'No instance of the workspace has it set, so no answer can show it. Set one, and probe again.',
      );
    }
    const answers: Record<string, string> = {};
    let first: string | null = null;
    for (const version of stableVersions) {
      const { body, fault } = await client.get(computeArmId(one.ref), version);
      const has = fault === null && carries(innerOf(body), 'idleTimeBeforeShutdown');
      answers[version] = fault ?? (has ? 'carries it' : 'leaves it out');
      if (has && first === null) first = version;
    }
    const gaps = stableVersions.filter(
      (version) => first !== null && version > first && answers[version] === 'leaves it out',
    );
    if (first === null) return open('None of the stable versions known here carries it.', { answers });
    const later = gaps.length === 0 ? '' : `; left out again by ${gaps.join(', ')}`;
    return settled(`${first}${first === stableVersions[0] ? ', the oldest that was asked' : ''}${later}.`, {
      first,
      answers,
    });
  },
};

const schedulesQuestion: Question = {
  id: 'computes.schedules',
  question: 'Do instances show their native schedules, and how many have some?',
  async ask({ client, subject }) {
    const [first] = subject.instances;
    if (first === undefined) return open('The workspace holds no instance.');
    const seen: Record<string, number | null> = {};
    for (const { ref } of subject.instances.slice(0, 20)) {
      const { body, fault } = await client.get(computeArmId(ref), armApiVersion);
      if (fault !== null) continue;
      const schedules = recordField(innerOf(body), 'schedules');
      seen[ref.compute] = carries(innerOf(body), 'schedules')
        ? listField(schedules, 'computeStartStop').length
        : null;
    }
    const shown = Object.values(seen).filter((count) => count !== null);
    const having = shown.filter((count) => count > 0).length;
    const facts = { schedules: seen };
    if (shown.length === 0)
      return open(`None of ${Object.keys(seen).length} instances shows the field: none may have any.`, facts);
    return settled(
      `Yes: ${shown.length} of ${Object.keys(seen).length} show the field, and ${having} have schedules.`,
      facts,
    );
  },
};

export const computeQuestions: readonly Question[] = [rowsQuestion, versionQuestion, schedulesQuestion];
