import { computeKey, type ComputeKey, type ComputeRef } from '../../core/ids.ts';
import { canActOn } from '../../core/policy/can-act-on.ts';
import { requestTag } from '../../core/provision/machine.ts';
import { relativeTime } from './relative-time.ts';
import type { MetExpectation } from './result.ts';
import type { Expectation, Scenario, When } from './scenario/types.ts';
import type { Stage } from './stage.ts';

/** Something that Lamplighter did to a compute. */
export type LampActs = {
  readonly act: 'stopped' | 'warned' | 'started' | 'deleted' | 'detached' | 'patched';
  readonly key: ComputeKey;
  readonly at: number;
  readonly reason: string | null;
};

type Change = Extract<Expectation, { id: string }>;
type OfRequest = Change & { readonly expect: 'request' };
type OfAttachment = Change & { readonly expect: 'attach' | 'detach' | 'reattach' };
type Looked = Extract<Expectation, { expect: 'decision' | 'state' | 'exists' }> | OfRequest | OfAttachment;

const isAttachment = (part: Expectation): part is OfAttachment =>
  part.expect === 'attach' || part.expect === 'detach' || part.expect === 'reattach';
const isRequest = (part: Expectation): part is OfRequest => part.expect === 'request';

/** What is expected at a moment has to be looked at then: keeps what was seen. */
export class Glances {
  readonly #due: { readonly at: number; readonly part: Looked }[];
  readonly #seen = new Map<Looked, string>();
  readonly #told = new Map<Looked, number>();

  constructor(scenario: Scenario) {
    this.#due = scenario.expectations
      .flatMap(({ parts }) => parts)
      .flatMap((part) =>
        part.expect === 'decision' ||
        part.expect === 'state' ||
        part.expect === 'exists' ||
        isRequest(part) ||
        isAttachment(part)
          ? [{ at: part.at, part }]
          : [],
      )
      .toSorted((a, b) => a.at - b.at);
  }

  nextAt(): number | null {
    return this.#due[0]?.at ?? null;
  }

  /** Looks at everything due by now; to be called when all else that is due has run. */
  look(stage: Stage): void {
    while ((this.#due[0]?.at ?? Number.POSITIVE_INFINITY) <= stage.now) {
      const due = this.#due.shift();
      if (due === undefined) continue;
      this.#seen.set(due.part, glance(stage, due.part));
      if (isRequest(due.part)) this.#told.set(due.part, stage.requests.seen(due.part.id)?.told ?? 0);
    }
  }

  told(part: OfRequest): number {
    return this.#told.get(part) ?? 0;
  }

  seen(part: Looked): string {
    return this.#seen.get(part) ?? 'nothing';
  }
}

/** Where the mode was always off nothing is read, so no row says what holds of every compute there. */
function isUnread(stage: Stage, { subscriptionId, workspace, compute }: ComputeRef): boolean {
  const policy = stage.policyOf(stage.policyFileHash);
  return (
    policy !== null &&
    !canActOn(policy, { subscription: subscriptionId, workspace }) &&
    stage.azure.exists(compute, workspace)
  );
}

function glance(stage: Stage, part: Looked): string {
  switch (part.expect) {
    case 'decision': {
      const ref = stage.refOf(part);
      if (ref === null) return 'no decision';
      return (
        stage.decisions.reasonOf(computeKey(ref)) ?? (isUnread(stage, ref) ? 'keep.mode' : 'no decision')
      );
    }
    case 'state':
      return stage.azure.stateOf(part.compute, part.workspace) ?? 'no such compute';
    case 'exists':
      return String(stage.azure.exists(part.compute, part.workspace));
    case 'request':
      return stage.requests.seen(part.id)?.status ?? 'no such request';
    case 'attach':
    case 'detach':
    case 'reattach':
      return stage.changes.seen(part.expect, part.id)?.status ?? `no such ${part.expect}`;
  }
}

/** A request ends once: what it ended with is what it was refused or failed for. */
function checkRequest(stage: Stage, part: OfRequest, status: string, told: number): Seen {
  const { requestId = null, reason = null } = stage.requests.seen(part.id) ?? {};
  const made = stage.azure
    .computes()
    .filter(({ tags }) => requestId !== null && tags[requestTag] === requestId);
  const met =
    (part.status === null || part.status === status) &&
    (part.reason === null || part.reason === reason) &&
    (part.told === null || part.told === told) &&
    (part.instances === null || part.instances === made.length);
  const why = reason === null ? '' : ` (${reason})`;
  const often = part.told === null ? '' : `, told ${told} times`;
  return {
    met,
    saw: `${status}${why}, ${made.length} ${made.length === 1 ? 'instance' : 'instances'}${often}`,
  };
}

function checkAttachment(stage: Stage, part: OfAttachment, status: string): Seen {
  const reason = stage.changes.seen(part.expect, part.id)?.reason ?? null;
  const met =
    (part.status === null || part.status === status) && (part.reason === null || part.reason === reason);
  return { met, saw: `${status}${reason === null ? '' : ` (${reason})`}` };
}

type Seen = { readonly met: boolean; readonly saw: string };

function within(when: Exclude<When, 'never'>, at: number): boolean {
  return (when.afterAt === null || at >= when.afterAt) && (when.beforeAt === null || at <= when.beforeAt);
}

function checkAct(
  stage: Stage,
  part: Extract<Expectation, { expect: 'act' }>,
  acts: readonly LampActs[],
): Seen {
  const key = stage.keyOf(part);
  const first = acts.find((one) => one.act === part.act && one.key === key);
  if (first === undefined) return { met: part.when === 'never', saw: `never ${part.act}` };
  const reason = first.reason === null ? '' : ` (${first.reason})`;
  const saw = `${part.act} at ${relativeTime(first.at, stage.scenario.startAt)}${reason}`;
  if (part.when === 'never') return { met: false, saw };
  return {
    met: within(part.when, first.at) && (part.reason === null || part.reason === first.reason),
    saw,
  };
}

const isMet = (when: When | null, at: number | null): boolean =>
  when === null || (when === 'never' ? at === null : at !== null && within(when, at));

/** The first life of the finding counts for when it was raised and fixed; every telling of all its lives counts. */
function checkFinding(stage: Stage, part: Extract<Expectation, { expect: 'finding' }>): Seen {
  const lives = stage.findings.of(part.finding, part.subject);
  const [first] = lives;
  const told = lives.reduce((sum, life) => sum + life.told, 0);
  const fixedAt = lives.find((life) => life.fixedAt !== null)?.fixedAt ?? null;
  const met =
    isMet(part.raised, first?.raisedAt ?? null) &&
    isMet(part.fixed, fixedAt) &&
    (part.told === null || part.told === told);
  if (first === undefined) return { met, saw: 'never raised' };
  const { startAt } = stage.scenario;
  const fixed = fixedAt === null ? '' : `, fixed at ${relativeTime(fixedAt, startAt)}`;
  return { met, saw: `raised at ${relativeTime(first.raisedAt, startAt)}${fixed}, told ${told} times` };
}

function checkPart(stage: Stage, part: Expectation, glances: Glances, acts: readonly LampActs[]): Seen {
  if (isRequest(part)) return checkRequest(stage, part, glances.seen(part), glances.told(part));
  if (isAttachment(part)) return checkAttachment(stage, part, glances.seen(part));
  switch (part.expect) {
    case 'act':
      return checkAct(stage, part, acts);
    case 'decision': {
      const saw = glances.seen(part);
      return { met: saw === part.decision, saw };
    }
    case 'state': {
      const saw = glances.seen(part);
      return { met: saw === part.state, saw };
    }
    case 'exists': {
      const saw = glances.seen(part);
      return { met: saw === String(part.exists), saw: saw === 'true' ? 'it exists' : 'it does not exist' };
    }
    case 'armCalls': {
      const calls = new Map<string, number>(stage.azure.calls).get(part.operation) ?? 0;
      const met = calls <= (part.atMost ?? calls) && calls >= (part.atLeast ?? calls);
      return { met, saw: `${calls} calls to ${part.operation}` };
    }
    case 'request':
    case 'attach':
    case 'detach':
    case 'reattach':
      return { met: false, saw: 'not supported yet' };
    case 'finding':
      return checkFinding(stage, part);
  }
}

/** Every expectation of the scenario against what came of it: met if all its parts are. */
export const checkExpectations = (
  stage: Stage,
  glances: Glances,
  acts: readonly LampActs[],
): readonly MetExpectation[] =>
  stage.scenario.expectations.map(({ source, parts }) => {
    const seen = parts.map((part) => checkPart(stage, part, glances, acts));
    return {
      expect: source,
      met: seen.every((one) => one.met),
      saw: seen.map((one) => one.saw).join(', '),
    };
  });
