import { callsOf, functionAround, type ScannedSource, type SourceCall } from './source-scan.ts';
import type { Violation } from './violation.ts';

const CALLS = [
  'callActivity',
  'callActivityWithRetry',
  'callSubOrchestrator',
  'callSubOrchestratorWithRetry',
  'startNew',
];
const REGISTRATIONS = [
  'http',
  'get',
  'post',
  'put',
  'patch',
  'deleteRequest',
  'timer',
  'eventGrid',
  'generic',
  'activity',
];

export type NameTables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Every activity and orchestrator called by name must be registered: an unknown activity hangs its workflow without an error. Names may
 * be written out or stand in one of `tables` (`activities.openWarning`). `unseen` are calls whose name the scan cannot tell: `watchWorkflows`
 * sees those when they run.
 */
export function unregisteredNames(
  sources: readonly ScannedSource[],
  registered: ReadonlySet<string>,
  tables: NameTables = {},
): { violations: Violation[]; unseen: SourceCall[] } {
  const violations: Violation[] = [];
  const unseen: SourceCall[] = [];
  for (const call of sources.flatMap((source) => callsOf(source, CALLS))) {
    const name = nameOf(call.args[0] ?? '', tables);
    if (name === undefined) unseen.push(call);
    else if (!registered.has(name)) {
      violations.push(at(call, 'unregistered-name', `"${name}" is called but never registered.`));
    }
  }
  return { violations, unseen };
}

/** The input of an activity or orchestrator is an object: a bare boolean would arrive as text. */
export function bareInputs(sources: readonly ScannedSource[]): Violation[] {
  const literal = /^(?:-?[\d.]+|true|false|null|undefined|['"`][^]*|\[[^]*)$/;
  return sources
    .flatMap((source) =>
      callsOf(
        source,
        CALLS.filter((name) => name !== 'startNew'),
      ),
    )
    .filter(({ callee, args }) => {
      const input =
        args[callee.endsWith('ActivityWithRetry') || callee.endsWith('OrchestratorWithRetry') ? 2 : 1];
      return args.length > 0 && (input === undefined || literal.test(input));
    })
    .map((call) => at(call, 'bare-input', 'The input is not an object.'));
}

/** A child that is terminated breaks its parent. */
export function terminations(sources: readonly ScannedSource[]): Violation[] {
  return sources
    .flatMap((source) => callsOf(source, ['terminate']))
    .filter(({ callee }) => callee.includes('.'))
    .map((call) =>
      at(call, 'terminated-child', 'An orchestration is terminated; let it end by an event instead.'),
    );
}

/** Timers fire up to a second early: where one is made, the function must compare with the clock (`nowOf(…)`, `currentUtcDateTime`). */
export function uncomparedTimers(sources: readonly ScannedSource[]): Violation[] {
  const now = String.raw`(?:nowOf\([^()]*\)|currentUtcDateTime(?:\.getTime\(\))?)`;
  const comparison = new RegExp(
    String.raw`${now}\s*[<>]=?|[<>]=?\s*(?:[\w.]+\s*[-+]\s*)?(?:[\w.]+\.)?${now}`,
  );
  return sources.flatMap((source) =>
    callsOf(source, ['createTimer'])
      .filter(({ index }) => !comparison.test(functionAround(source, index)))
      .map((call) => at(call, 'uncompared-timer', 'After the timer nothing compares with the clock.')),
  );
}

/** A timer that races must be cancelled when it loses: a workflow ends only when all its timers have. */
export function uncancelledTimers(sources: readonly ScannedSource[]): Violation[] {
  return sources.flatMap((source) =>
    callsOf(source, ['Task.any'])
      .filter(({ index }) => {
        const body = functionAround(source, index);
        return body.includes('createTimer(') && !/\.cancel\(\)/.test(body);
      })
      .map((call) => at(call, 'uncancelled-timer', 'A timer races here and is never cancelled.')),
  );
}

/** Of several open waits for one event the newest hears it: only one place may wait, and it has to remember those that lost a race. */
export function scatteredWaits(sources: readonly ScannedSource[], place: string): Violation[] {
  return sources
    .filter(({ path }) => path !== place)
    .flatMap((source) => callsOf(source, ['waitForExternalEvent']))
    .map((call) => at(call, 'scattered-wait', `It waits for an event by itself instead of by ${place}.`));
}

/** Several Set-Cookie headers collapse into the last one; the `cookies` of a response do not. */
export function cookieHeaders(sources: readonly ScannedSource[]): Violation[] {
  return sources.flatMap((source) =>
    [...source.code.matchAll(/(['"`])set-cookie\1\s*[:,\]]/gi)].map((match) => ({
      rule: 'cookie-header',
      where: `${source.path}:${lineAt(source, match.index)}`,
      problem: 'A cookie is set by header; use the cookies of the response.',
    })),
  );
}

/** Every trigger's handler is wrapped in one of `wrappers`, so that nothing thrown reaches the host as it is. */
export function unwrappedTriggers(
  sources: readonly ScannedSource[],
  wrappers: readonly string[],
): Violation[] {
  const wrapped = new RegExp(String.raw`\bhandler:\s*(?:${wrappers.join('|')})\(`);
  return sources
    .flatMap((source) => callsOf(source, REGISTRATIONS))
    .filter(({ callee, args }) => /^(?:df\.)?app\./.test(callee) && !wrapped.test(args[1] ?? ''))
    .map((call) => at(call, 'unwrapped-trigger', `Its handler is not inside ${wrappers.join(' or ')}.`));
}

/** `void promise` and an async callback of a timer let a rejection escape, which kills the worker. */
export function escapingRejections(sources: readonly ScannedSource[]): Violation[] {
  return sources.flatMap((source) =>
    [
      ...source.masked.matchAll(
        /(?<![\w$.])(?:void\s+(?:\(|[\w$.]+\s*[(<])|set(?:Timeout|Interval|Immediate)\(\s*async\b)/g,
      ),
    ]
      .filter((match) => !/\.(?:catch|finally)\(/.test(statementAt(source.masked, match.index)))
      .map((match) => ({
        rule: 'escaping-rejection',
        where: `${source.path}:${lineAt(source, match.index)}`,
        problem: 'A rejection would reach nobody and end the process.',
      })),
  );
}

function nameOf(arg: string, tables: NameTables): string | undefined {
  const literal = /^(['"`])([^'"`$]*)\1$/.exec(arg)?.[2];
  if (literal !== undefined) return literal;
  const [, table = '', key = ''] = /^(\w+)\.(\w+)$/.exec(arg) ?? [];
  return tables[table]?.[key];
}

function statementAt(masked: string, index: number): string {
  const end = masked.indexOf(';', index);
  return masked.slice(index, end === -1 ? undefined : end);
}

function lineAt(source: ScannedSource, index: number): number {
  return source.code.slice(0, index).split('\n').length;
}

function at(call: SourceCall, rule: string, problem: string): Violation {
  return { rule, where: `${call.path}:${call.line}`, problem };
}
