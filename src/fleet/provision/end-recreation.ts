import { carriesRequest } from '../../core/provision/machine.ts';
import {
  backAgainText,
  lostInstanceText,
  notAsBeforeText,
  recreatedText,
} from '../../core/provision/recreation-text.ts';
import { missingText } from '../../core/provision/request-text.ts';
import { differencesFrom } from '../../core/provision/snapshot.ts';
import { type MachineRequest, readRequest } from '../../ledger/requests.ts';
import type { Flow } from '../flow.ts';
import { changeRequest } from './change-request.ts';
import { agentOf, missingActions, tellPerson } from './end-request.ts';

export type EndedRecreation =
  | { readonly kind: 'ended'; readonly status: string }
  | { readonly kind: 'again'; readonly until: number };

const againMs = 20_000;
/** Azure may show a new machine's settings some moments after it runs. */
const settingsShowWithinMs = 3 * 60_000;

/** Compares what runs with what was there before, and writes down how the request ended. Doing it again changes nothing. */
export async function endRecreation(
  flow: Flow,
  { requestId }: { readonly requestId: string },
): Promise<EndedRecreation> {
  const { computes, ledger, clock } = flow.ports;
  const request = (await readRequest(ledger, requestId))?.request ?? null;
  if (request === null) return { kind: 'ended', status: 'missing' };
  const { machine, recreation } = request;
  if (request.status !== 'provisioning' || machine === null || recreation === null) {
    await tellPerson(flow, request);
    return { kind: 'ended', status: request.status };
  }
  const now = clock.now();
  const got = await computes.get(machine.ref);
  if (!got.ok && got.kind !== 'missing') {
    return { kind: 'again', until: got.kind === 'throttled' ? got.retryAt : now + againMs };
  }
  const isThere = got.ok && carriesRequest(got.value.tags, requestId);
  const differences = isThere ? differencesFrom(machine, got.value) : null;
  const runningAt = request.runningAt ?? now;
  if ((differences?.length ?? 0) > 0 && now - runningAt < settingsShowWithinMs) {
    return { kind: 'again', until: now + againMs };
  }
  const enrolled = await agentOf(flow, requestId);
  const missing = isThere ? await missingActions(flow, requestId) : null;
  const ended = await changeRequest(flow, requestId, (current) =>
    current.status === 'provisioning'
      ? ending(current, differences, { missing, enrolled }, clock.now())
      : null,
  );
  if (ended === null) return { kind: 'ended', status: 'missing' };
  await tellPerson(flow, ended);
  return { kind: 'ended', status: ended.status };
}

function ending(
  request: MachineRequest,
  differences: readonly string[] | null,
  { missing, enrolled }: { readonly missing: readonly string[] | null; readonly enrolled: boolean | null },
  endedAt: number,
): Partial<MachineRequest> | null {
  const { machine, recreation } = request;
  if (machine === null || recreation === null) return null;
  const looked = {
    recreation: { ...recreation, differences },
    missingActions: missing,
    agentEnrolled: enrolled,
    endedAt,
  };
  if (differences === null) {
    const sentence = lostInstanceText(
      recreation.snapshot,
      'somebody deleted or replaced it while it was being made',
    );
    return { ...looked, status: 'needs-person', reason: 'fail.changed', sentence };
  }
  if (differences.length > 0) {
    const sentence = notAsBeforeText(machine, differences);
    return { ...looked, status: 'needs-person', reason: 'fail.create', sentence };
  }
  const { wentBackAt, failure } = recreation;
  if (wentBackAt !== null) {
    const code = failure?.code ?? 'fail.create';
    const sentence = backAgainText(machine, code, failure?.message ?? '');
    return { ...looked, status: 'failed', reason: code, sentence };
  }
  const sentence = `${recreatedText(machine, recreation, enrolled)}${missingText(missing)}`;
  return { ...looked, status: 'completed', reason: null, sentence };
}
