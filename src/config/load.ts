import { noStandingPrices } from '../core/cost/stopped-cost.ts';
import type { z } from 'zod';
import { environmentSchema, expectations, type VariableName } from './schema.ts';
import type { Settings } from './settings.ts';

/** One thing wrong with the settings; `detail` names the variable, never its value. */
export type SettingFault = { readonly variable: string; readonly detail: string };
export type SettingsOutcome =
  | { readonly ok: true; readonly settings: Settings; readonly unknownVariables: readonly string[] }
  | { readonly ok: false; readonly faults: readonly SettingFault[] };

type Environment = Readonly<Record<string, string | undefined>>;
type Parsed = z.output<typeof environmentSchema>;
export type GivenSettings = { readonly [Name in VariableName]?: Parsed[Name] | undefined };

const names = Object.keys(environmentSchema.shape) as VariableName[];

/** An empty or blank variable counts as missing: portals and templates write those for "nothing". */
function present(environment: Environment): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const text = environment[name]?.trim();
    if (text !== undefined && text !== '') found[name] = text;
  }
  return found;
}

function shapeFaults(given: Record<string, string>, error: z.ZodError): SettingFault[] {
  return error.issues.map((issue) => {
    const variable = String(issue.path[0]) as VariableName;
    const expected = `expected ${expectations[variable]}.`;
    if (given[variable] === undefined) return { variable, detail: `${variable} is missing: ${expected}` };
    const isSaid = issue.code === 'custom' && issue.message !== '' && issue.message !== 'Invalid input';
    const said = isSaid ? ` (${issue.message})` : '';
    return { variable, detail: `${variable} cannot be used: ${expected}${said}` };
  });
}

function ruleFaults(given: Record<string, string>): SettingFault[] {
  const faults: SettingFault[] = [];
  const account = given['LAMPLIGHTER_LEDGER_ENDPOINT'];
  const emulator = given['LAMPLIGHTER_LEDGER_CONNECTION'];
  if (account === undefined && emulator === undefined) {
    faults.push({
      variable: 'LAMPLIGHTER_LEDGER_ENDPOINT',
      detail: `LAMPLIGHTER_LEDGER_ENDPOINT is missing: expected ${expectations.LAMPLIGHTER_LEDGER_ENDPOINT}.`,
    });
  }
  if (account !== undefined && emulator !== undefined) {
    faults.push({
      variable: 'LAMPLIGHTER_LEDGER_CONNECTION',
      detail: 'LAMPLIGHTER_LEDGER_ENDPOINT and LAMPLIGHTER_LEDGER_CONNECTION are both set: keep one of them.',
    });
  }
  if (
    given['LAMPLIGHTER_LOOPBACK_CLOCK'] !== undefined &&
    given['LAMPLIGHTER_LOOPBACK_AZURE'] === undefined
  ) {
    faults.push({
      variable: 'LAMPLIGHTER_LOOPBACK_CLOCK',
      detail:
        'LAMPLIGHTER_LOOPBACK_CLOCK is accepted only together with LAMPLIGHTER_LOOPBACK_AZURE: real computes are judged by real time.',
    });
  }
  if (given['LAMPLIGHTER_LINK_KEY_BEFORE'] !== undefined && given['LAMPLIGHTER_LINK_KEY'] === undefined) {
    faults.push({
      variable: 'LAMPLIGHTER_LINK_KEY',
      detail:
        'LAMPLIGHTER_LINK_KEY is missing: LAMPLIGHTER_LINK_KEY_BEFORE is only what it was before, so set both or neither.',
    });
  }
  return faults;
}

function scopeFaults(parsed: Parsed): SettingFault[] {
  const known = new Set<string>(parsed.LAMPLIGHTER_SUBSCRIPTIONS);
  const strays = (parsed.LAMPLIGHTER_WORKSPACES ?? []).filter(
    (one) => one.subscriptionId !== null && !known.has(one.subscriptionId),
  );
  return strays.map((one) => ({
    variable: 'LAMPLIGHTER_WORKSPACES',
    detail: `LAMPLIGHTER_WORKSPACES names ${one.workspace} in a subscription that LAMPLIGHTER_SUBSCRIPTIONS does not list: add the subscription or drop the workspace.`,
  }));
}

function settingsOf(parsed: Parsed): Settings | undefined {
  const ledger = parsed.LAMPLIGHTER_LEDGER_ENDPOINT ?? parsed.LAMPLIGHTER_LEDGER_CONNECTION;
  if (ledger === undefined) return undefined;
  const origin = parsed.LAMPLIGHTER_LOOPBACK_AZURE;
  return {
    scope: {
      subscriptions: parsed.LAMPLIGHTER_SUBSCRIPTIONS,
      workspaces: parsed.LAMPLIGHTER_WORKSPACES ?? null,
    },
    policy: parsed.LAMPLIGHTER_POLICY,
    tenantId: parsed.LAMPLIGHTER_TENANT_ID,
    audiences: parsed.LAMPLIGHTER_AUDIENCE,
    platformAuthentication: parsed.LAMPLIGHTER_PLATFORM_AUTH,
    ledger,
    ledgerPrefix: parsed.LAMPLIGHTER_LEDGER_PREFIX,
    notifierWebhook: parsed.LAMPLIGHTER_TEAMS_WEBHOOK_URL ?? null,
    linkKeys: [parsed.LAMPLIGHTER_LINK_KEY, parsed.LAMPLIGHTER_LINK_KEY_BEFORE].filter(
      (key) => key !== undefined,
    ),
    standingPrices: { ...noStandingPrices, ...parsed.LAMPLIGHTER_STANDING_PRICES },
    identities: {
      reader: parsed.LAMPLIGHTER_READER_CLIENT_ID ?? null,
      stopper: parsed.LAMPLIGHTER_STOPPER_CLIENT_ID ?? null,
      provisioner: parsed.LAMPLIGHTER_PROVISIONER_CLIENT_ID ?? null,
      ...(parsed.LAMPLIGHTER_ATTACHER_CLIENT_ID === undefined
        ? {}
        : { attacher: parsed.LAMPLIGHTER_ATTACHER_CLIENT_ID }),
    },
    publicUrl: parsed.LAMPLIGHTER_PUBLIC_URL ?? null,
    loopback: origin === undefined ? null : { origin, clock: parsed.LAMPLIGHTER_LOOPBACK_CLOCK ?? null },
  };
}

/** The variables that are given, each checked for itself; nothing is demanded. For those who run one command. */
export function loadGiven(
  environment: Environment,
):
  | { readonly ok: true; readonly given: GivenSettings }
  | { readonly ok: false; readonly faults: readonly SettingFault[] } {
  const given = present(environment);
  const parsed = environmentSchema.partial().safeParse(given);
  return parsed.success
    ? { ok: true, given: parsed.data }
    : { ok: false, faults: shapeFaults(given, parsed.error) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** Reads the settings once. All faults are reported together, in the order of the schema. */
export function loadSettings(environment: Environment): SettingsOutcome {
  const given = present(environment);
  const parsed = environmentSchema.safeParse(given);
  const faults = [
    ...(parsed.success ? scopeFaults(parsed.data) : shapeFaults(given, parsed.error)),
    ...ruleFaults(given),
  ];
  const settings = parsed.success && faults.length === 0 ? settingsOf(parsed.data) : undefined;
  if (settings === undefined) return { ok: false, faults };
  const unknownVariables = Object.keys(environment).filter(
    (name) => name.startsWith('LAMPLIGHTER_') && !(name in environmentSchema.shape),
  );
  return { ok: true, settings: deepFreeze(settings), unknownVariables };
}
