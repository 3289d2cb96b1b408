/** One way in which this host differs from the recorded one on purpose. */
export type Deviation = {
  readonly group: string;
  readonly cases: readonly string[];
  /** Keys of the comparison that may differ, wherever they are; `*`: all of it. The rest must be equal. */
  readonly ignore: readonly string[];
  readonly reason: string;
};

const NO_FILE_SYSTEM =
  'There is no virtual file system behind the host: links into it and the place of the script are null.';
const OWN_HOME_PAGE = 'The home page is our own, shorter one.';
const OWN_ERROR_TEXT =
  'The host is in error for the same function; the text of the error is our own, shorter one.';
const ONE_PROCESS = 'App and host share one process, which is never replaced: its id stays.';
const NO_START =
  'A host without a single function or without readable settings helps nobody on one machine: it refuses to start and says why.';

export const DEVIATIONS: readonly Deviation[] = [
  {
    group: 'http-auth',
    cases: ['key in wrong case after the right key was used'],
    ignore: ['*'],
    reason:
      'The recorded host remembers a right key without its case. Here a key counts in its own case only.',
  },
  { group: 'http-routing', cases: ['path /'], ignore: ['headers', 'body'], reason: OWN_HOME_PAGE },
  {
    group: 'http-returns',
    cases: ['retTE'],
    ignore: ['*'],
    reason:
      'A handler’s own Transfer-Encoding breaks the recorded answer on the wire. Here it is a 500 with a log line that says so.',
  },
  {
    group: 'admin',
    cases: ['functions', 'function hello', 'function HELLO (case)'],
    ignore: ['script_href', 'test_data_href', 'scriptFile', 'functionDirectory'],
    reason: NO_FILE_SYSTEM,
  },
  {
    group: 'timer',
    cases: ['GET'],
    ignore: ['script_href', 'test_data_href', 'scriptFile', 'functionDirectory'],
    reason: NO_FILE_SYSTEM,
  },
  {
    group: 'lifecycle',
    cases: ['Development environment: root'],
    ignore: ['headers', 'body'],
    reason: OWN_HOME_PAGE,
  },
  {
    group: 'lifecycle',
    cases: ['functionTimeout 3 s: slow'],
    ignore: ['*'],
    reason: 'The answer is a 500 as soon as the limit is reached: there is no worker process to wait for.',
  },
  {
    group: 'lifecycle',
    cases: [
      'functionTimeout 3 s: pid after',
      'handler exits the process: pid after exit',
      'handler exits the process: pid after uncaught',
    ],
    ignore: ['body'],
    reason: ONE_PROCESS,
  },
  {
    group: 'lifecycle',
    cases: ['handler exits the process: host log (warnings and errors)'],
    ignore: ['failed'],
    reason: 'The first of the three crashes is an uncaught exception instead of an exit.',
  },
  {
    group: 'lifecycle',
    cases: [
      'entry point throws at load: function',
      'entry point throws at load: status',
      'entry point throws at load: functions',
      'entry point throws at load: root',
      'entry point throws at load: host log (warnings and errors)',
      'entry point registers one, then throws: function registered before the throw',
      'entry point registers one, then throws: status',
      'entry point registers one, then throws: host log (warnings and errors)',
      'main matches no file: function',
      'main matches no file: status',
      'main matches no file: host log (warnings and errors)',
      'duplicate name: function',
      'duplicate name: status',
      'duplicate name: host log (warnings and errors)',
      'no host.json: ok',
      'no host.json: status',
      'no host.json: host log (warnings and errors)',
      'host.json is not JSON: ok',
      'host.json is not JSON: status',
      'host.json is not JSON: host log (warnings and errors)',
    ],
    ignore: ['*'],
    reason: NO_START,
  },
  {
    group: 'lifecycle',
    cases: ['unknown route constraint: status'],
    ignore: ['errors'],
    reason: OWN_ERROR_TEXT,
  },
  {
    group: 'lifecycle-2',
    cases: ['route with a leading slash: status', 'route with unbalanced brace: status'],
    ignore: ['errors'],
    reason: OWN_ERROR_TEXT,
  },
  {
    group: 'lifecycle-2',
    cases: ['functionTimeout 3 s: handler never returns'],
    ignore: ['afterMs'],
    reason: 'The answer comes when the limit of three seconds is reached, not after the worker was replaced.',
  },
  {
    group: 'durable',
    cases: [
      'status of failing',
      'status of caught',
      'status of retry',
      'status of failed with 500',
      'wait endpoint, failing',
    ],
    ignore: ['failureStyle'],
    reason:
      'The engine writes failures as extension 3.19.0 does: one blank fewer and another source than 3.15.0, which was recorded here.',
  },
  {
    group: 'durable',
    cases: ['event, bad json'],
    ignore: ['ExceptionMessage'],
    reason: 'What the JSON parser has to say is told in other words.',
  },
  {
    group: 'durable',
    cases: ['list', 'list filter'],
    ignore: ['headers', 'text', 'failureStyle'],
    reason: 'Which instances come first, and with them the continuation token, hangs on generated ids.',
  },
  {
    group: 'durable',
    cases: ['handler saw: chain'],
    ignore: ['sourceInstanceId'],
    reason:
      'Extension 3.19.0, which the engine follows, names the source instance; 3.15.0, which was recorded here, did not.',
  },
];

export function deviationFor(group: string, title: string): Deviation | undefined {
  return DEVIATIONS.find((known) => known.group === group && known.cases.includes(title));
}
