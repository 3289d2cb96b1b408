import { parsePolicy, policyHashOf } from '../../core/policy/parse.ts';
import { readHalt } from '../../ledger/flags.ts';
import { readNewestBatch } from '../../ledger/batches.ts';
import { readCurrentPolicy, readPendingPolicy } from '../../ledger/policies.ts';
import { readLatestSweep, readLastFinishedSummary } from '../../ledger/sweeps.ts';
import type { Flow } from '../flow.ts';
import { readPolicyInForce } from '../policy-store.ts';
import { faultOf } from '../fault-of.ts';
import { asksForUsers } from '../teams.ts';
import { ago, type Check, checked } from './check.ts';

const minuteMs = 60_000;

export const timerCheck = (flow: Flow): Promise<Check> =>
  checked('timer', async () => {
    const latest = (await readLatestSweep(flow.ports.ledger))?.latest ?? null;
    const fix =
      'Check that the function sweepTimer is there and not disabled, and what the app’s log says of it.';
    if (latest === null) {
      return { state: 'bad', detail: 'No sweep has ever begun: the timer has not fired yet.', try: fix };
    }
    const age = flow.ports.clock.now() - latest.startedAt;
    const onTime = age <= 2 * latest.everyMs + minuteMs;
    return {
      state: onTime ? 'ok' : 'bad',
      detail: `The last sweep began ${ago(age)}; one is due every ${Math.round(latest.everyMs / minuteMs)} min.`,
      try: onTime ? null : fix,
    };
  });

/** A sweep that begins and never ends does nothing. */
export const sweepCheck = (flow: Flow): Promise<Check> =>
  checked('sweep', async () => {
    const latest = (await readLatestSweep(flow.ports.ledger))?.latest ?? null;
    const finished = await readLastFinishedSummary(flow.ports.ledger);
    if (finished?.finishedAt == null) {
      return { state: 'unknown', detail: 'No sweep has ended yet.', try: null };
    }
    const age = flow.ports.clock.now() - finished.finishedAt;
    const everyMs = latest?.everyMs ?? 300_000;
    const late = age > 4 * everyMs + minuteMs;
    const unread = finished.faults.length;
    const said = `The last sweep that ended did so ${ago(age)} and looked at ${finished.instances} instances in ${finished.workspaces} workspaces`;
    if (late)
      return {
        state: 'bad',
        detail: `${said}.`,
        try: 'Look at GET /api/sweeps and the app’s log for why later ones do not end.',
      };
    if (unread === 0) return { state: 'ok', detail: `${said}.`, try: null };
    const [first] = finished.faults;
    return {
      state: 'bad',
      detail: `${said}; ${unread} places could not be read, such as ${first?.workspace?.workspace ?? first?.subscriptionId ?? 'one'}: ${first?.message ?? ''}`,
      try: 'Give the reader its role there (infra/roles/reader.json), or take the place out of scope.',
    };
  });

export const notifierCheck = ({ ports }: Flow): Check =>
  ports.notifier.channel === 'none'
    ? {
        name: 'notifier',
        state: 'unknown',
        detail: 'No notifier is configured: the ledger and the page are the only channel.',
        try: 'Set LAMPLIGHTER_TEAMS_WEBHOOK_URL to a Teams Workflows webhook, so that owners are told before a stop.',
      }
    : { name: 'notifier', state: 'ok', detail: `Messages go to ${ports.notifier.channel}.`, try: null };

export const haltCheck = (flow: Flow): Promise<Check> =>
  checked('halt', async () => {
    const halt = await readHalt(flow.ports.ledger);
    if (halt?.halted !== true) return { state: 'ok', detail: 'Nothing is halted.', try: null };
    const why = halt.why === null ? '' : ` (${halt.why})`;
    return {
      state: 'bad',
      detail: `Halted by ${halt.by} ${ago(flow.ports.clock.now() - halt.at)}${why}: nothing is written to Azure.`,
      try: 'POST /api/resume, or the page, ends it.',
    };
  });

export const policyCheck = (flow: Flow): Promise<Check> =>
  checked('policy', async () => {
    const { ledger, policySource } = flow.ports;
    const inForce = await readPolicyInForce(ledger);
    const current = await readCurrentPolicy(ledger);
    const said = `Mode ${inForce.policy.mode}, policy ${inForce.hash.slice(0, 8)}${current === null ? ' (the defaults)' : ''}`;
    let text: string;
    try {
      text = await policySource.read();
    } catch (thrown) {
      return {
        state: 'bad',
        detail: `${said}. ${faultOf(thrown).message}`,
        try: 'Check LAMPLIGHTER_POLICY, and that the reader may read it; the last good policy stays in force.',
      };
    }
    const parsed = parsePolicy(text);
    if (!parsed.ok) {
      const [fault] = parsed.faults;
      return {
        state: 'bad',
        detail: `${said}. The file is not accepted: line ${fault?.line ?? 1}, ${fault?.key ?? 'the file'}: ${fault?.message ?? 'unknown fault'}`,
        try: 'Correct it; the last good policy stays in force.',
      };
    }
    const pending = (await readPendingPolicy(ledger))?.pending ?? null;
    if (pending !== null && pending.approvedAt === null) {
      return {
        state: 'unknown',
        detail: `${said}. A changed one waits for approval: it would newly warn or stop ${pending.count}, more than the limit of ${pending.limit}.`,
        try: 'An admin approves it on the page, or changes the file.',
      };
    }
    if (policyHashOf(text) !== inForce.hash) {
      return {
        state: 'unknown',
        detail: `${said}. The file has changed: the next sweep weighs it.`,
        try: null,
      };
    }
    return { state: 'ok', detail: `${said}, as the file says.`, try: null };
  });

/** What the brake holds waits for a person. */
export const brakeCheck = (flow: Flow): Promise<Check> =>
  checked('brake', async () => {
    const batch = (await readNewestBatch(flow.ports.ledger))?.batch ?? null;
    if (batch?.status !== 'held') return { state: 'ok', detail: 'The blast limit holds nothing.', try: null };
    return {
      state: 'unknown',
      detail: `The blast limit of ${batch.limit} holds ${batch.count} instances, which would newly be warned or stopped.`,
      try: `An admin who finds that right releases batch ${batch.batchId}.`,
    };
  });

/** Only where the policy speaks of teams or people is the directory asked for anything. */
export const directoryCheck = (flow: Flow): Promise<Check> =>
  checked('directory', async () => {
    const { policy } = await readPolicyInForce(flow.ports.ledger);
    const teams = Object.entries(policy.teams);
    if (teams.length === 0) {
      const people = asksForUsers(policy) ? ' People are matched by name where Azure tells it.' : '';
      return { state: 'ok', detail: `The policy names no teams.${people}`, try: null };
    }
    const unread: string[] = [];
    for (const [team, { group }] of teams) {
      const members = await flow.ports.directory.members(group);
      if (!members.ok) unread.push(`${team} (${faultOf(members).message})`);
    }
    if (unread.length === 0)
      return { state: 'ok', detail: `The members of ${teams.length} teams can be read.`, try: null };
    return {
      state: 'bad',
      detail: `The members of ${unread.join(', ')} cannot be read: whoever is in them is unknown.`,
      try: 'Give the reader the Graph permissions User.Read.All and GroupMember.Read.All, and check the group ids.',
    };
  });
