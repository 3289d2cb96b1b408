import { type Cell, type Colour, type Column, type Look, paint, table } from './table.ts';

type State = 'ok' | 'bad' | 'unknown';
type Row = { readonly state: State; readonly detail: string; readonly try: string | null };

/** A self-test of the deployed app, or of a caller's own sign-in. */
export type TestedSystem = {
  readonly checks: readonly (Row & { readonly name: string })[];
  readonly permissions: readonly (Row & {
    readonly subscriptionId: string;
    readonly identity: string;
    readonly missing: readonly string[];
  })[];
  readonly notes: readonly string[];
};

const colours: Readonly<Record<State, Colour>> = { ok: 'green', bad: 'red', unknown: 'yellow' };
const words: Readonly<Record<State, string>> = { ok: 'ok', bad: 'MISSING', unknown: 'open' };
const stateCell = (state: State, off = false): Cell => ({
  text: off ? 'not set up' : words[state],
  colour: off ? 'grey' : colours[state],
});

/** Checks of one subscription are named `metrics 1111…`. */
const subscriptionOf = (name: string): string | null => /^\S+ (\S+)$/.exec(name)?.[1] ?? null;

function matrix({ checks, permissions }: TestedSystem, look: Look): string {
  const named = checks.flatMap((check) => {
    const subscription = subscriptionOf(check.name);
    const what = check.name.split(' ', 1)[0] ?? '';
    return subscription === null ? [] : [{ subscription, what, cell: stateCell(check.state) }];
  });
  const granted = permissions.map(({ subscriptionId, identity, state, missing }) => ({
    subscription: subscriptionId,
    what: identity,
    cell: stateCell(state, state === 'unknown' && missing.length > 0),
  }));
  const all = [...named, ...granted];
  const subscriptions = [...new Set(all.map(({ subscription }) => subscription))];
  const whats = [...new Set(all.map(({ what }) => what))];
  const columns: Column[] = [
    { title: 'SUBSCRIPTION' },
    ...whats.map((what) => ({ title: what.toUpperCase() })),
  ];
  const rows = subscriptions.map((subscription): readonly Cell[] => [
    subscription,
    ...whats.map(
      (what) => all.find((one) => one.subscription === subscription && one.what === what)?.cell ?? '',
    ),
  ]);
  return table(columns, rows, look);
}

type Told = { readonly what: string } & Row;

/** Everything that is not simply well, the worst first, with what to do about it. */
function toldRows({ checks, permissions }: TestedSystem): readonly Told[] {
  const told = [
    ...checks.map((check) => ({ ...check, what: check.name })),
    ...permissions.map((row) => ({ ...row, what: `${row.identity} ${row.subscriptionId}` })),
  ].filter(({ state }) => state !== 'ok');
  return told.toSorted((a, b) => Number(b.state === 'bad') - Number(a.state === 'bad'));
}

/** How a system fares, for people: what is well in one line, a matrix over all subscriptions, then what is not and what to do. */
export function selfTestText(tested: TestedSystem, look: Look): string {
  const whole = tested.checks.filter(({ name }) => subscriptionOf(name) === null);
  const overall = table(
    [{ title: 'CHECK' }, { title: 'STATE' }, { title: 'DETAIL', flexible: true }],
    whole.map(({ name, state, detail }): readonly Cell[] => [name, stateCell(state), detail]),
    look,
  );
  const told = toldRows(tested);
  const rows = told.map(({ what, state, detail, try: fix }): readonly Cell[] => [
    { text: words[state], colour: colours[state] },
    what,
    fix === null ? detail : `${detail} ${fix}`,
  ]);
  const bad = told.filter(({ state }) => state === 'bad').length;
  const verdict =
    bad === 0
      ? 'All is well that it needs.'
      : `${bad} ${bad === 1 ? 'thing is' : 'things are'} missing: what is listed first.`;
  return [
    overall,
    `\n${matrix(tested, look)}`,
    rows.length === 0
      ? ''
      : `\n${table([{ title: 'STATE' }, { title: 'WHAT' }, { title: 'WHY, AND WHAT TO DO', flexible: true }], rows, look)}`,
    tested.notes.map((note) => `\nTo know: ${note}\n`).join(''),
    `\n${paint(look, bad === 0 ? 'green' : 'red', verdict)}\n`,
  ].join('');
}
