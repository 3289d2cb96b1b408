import { defineCommand } from 'citty';
import { LamplighterError } from '../../core/errors.ts';
import type { FindingView } from '../../present/json/finding-view.ts';
import { appCommand } from '../app-command.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import type { AppDoor } from '../door/app-door.ts';
import { bodyOf } from '../door/problem.ts';
import { aboutCompute } from '../finding/about-compute.ts';
import { aboutText, findingTable } from '../finding/finding-text.ts';
import { momentText } from '../moment-text.ts';

const flags = {
  code: '--code',
  workspace: '--workspace',
  findingId: 'FINDING',
  until: '--until',
  why: '--why',
};

type FindingPage = { readonly findings: readonly FindingView[]; readonly next: string | null };

async function readFindings(
  door: AppDoor,
  query: Readonly<Record<string, string>>,
): Promise<readonly FindingView[]> {
  const found: FindingView[] = [];
  let after: string | null = null;
  do {
    const asked = { ...query, limit: '2000', ...(after === null ? {} : { after }) };
    const path = `/api/findings?${new URLSearchParams(asked).toString()}`;
    const page: FindingPage = bodyOf<FindingPage>(await door.call('GET', path), flags);
    found.push(...page.findings);
    after = page.next;
  } while (after !== null);
  return found;
}

const list = appCommand({
  name: 'list',
  description: 'Rules that are broken: by your computes, for admins by all',
  args: {
    code: { type: 'string', valueHint: 'CODE', description: 'Only of this rule, such as network.ssh' },
    compute: {
      type: 'string',
      valueHint: 'NAME',
      description: 'Only about computes of this name, WORKSPACE/NAME or address',
    },
    workspace: { type: 'string', valueHint: 'NAME', description: 'Only about computes of this workspace' },
    open: { type: 'boolean', description: 'Open ones only, which is what is listed without --all' },
    all: { type: 'boolean', description: 'Accepted and fixed ones too' },
  },
  examples: ['lamplighter finding list', 'lamplighter finding list --code network.ssh --all --json'],
  async act({ args, door, say, surroundings }) {
    const all = args.all === true && args.open !== true;
    const query = {
      ...(args.code === undefined ? {} : { code: args.code }),
      ...(args.workspace === undefined ? {} : { workspace: args.workspace }),
    };
    const found = [
      ...(await readFindings(door, all ? query : { ...query, status: 'open' })),
      ...(all ? await readFindings(door, { ...query, status: 'fixed' }) : []),
    ];
    const findings = args.compute === undefined ? found : aboutCompute(found, args.compute);
    say({ findings }, () => findingTable(findings, surroundings.look));
    if (findings.length === 0 && args.json !== true) {
      surroundings.stderr.write('There is no such finding that is yours to see.\n');
    }
    return 0;
  },
});

function unclear(code: string, compute: string, found: readonly FindingView[]): LamplighterError {
  const lines = found.map((one) => `  ${one.findingId}  ${aboutText(one)}`);
  const message =
    found.length === 0
      ? `There is no open finding ${code} about ${compute}.`
      : [`${found.length} findings ${code} are about ${compute}:`, ...lines].join('\n');
  return new LamplighterError(message, {
    code: found.length === 0 ? 'finding.not-found' : 'cli.ambiguous',
    fault: 'caller',
    fix:
      found.length === 0 ? '"lamplighter finding list" says what there is.' : 'Give the id of one of them.',
  });
}

/** The id that was given, or that of the one finding of this rule about this compute. */
async function findingIdOf(door: AppDoor, word: string, compute: string | undefined): Promise<string> {
  if (compute === undefined) return word;
  const found = aboutCompute(await readFindings(door, { code: word }), compute);
  const [only] = found;
  if (only === undefined || found.length > 1) throw unclear(word.slice(0, 80), compute.slice(0, 80), found);
  return only.findingId;
}

const accept = appCommand({
  name: 'accept',
  description: 'Silences one finding until a date (admins); what breaks the rule stays as it is',
  args: {
    finding: { type: 'positional', required: true, description: 'Id of the finding, or its rule’s code' },
    compute: { type: 'positional', required: false, description: 'With a code: the compute it is about' },
    until: {
      type: 'string',
      required: true,
      valueHint: 'DATE',
      description: 'A date (the end of that day, UTC) or an instant',
    },
    why: { type: 'string', valueHint: 'TEXT', description: 'Why, for those who wonder' },
  },
  examples: [
    'lamplighter finding accept network.ssh ml-team/ci-ada --until 2026-12-31 --why "until the migration"',
    'lamplighter finding accept f0123 --until 2026-12-31T12:00:00Z',
  ],
  async act({ args, door, say }) {
    const findingId = await findingIdOf(door, args.finding, args.compute);
    const body = {
      findingId,
      until: args.until,
      ...(args.why === undefined ? {} : { why: args.why }),
    };
    const accepted = bodyOf<FindingView>(await door.call('POST', '/api/findings/accept', body), flags);
    const until = momentText(accepted.accepted?.until ?? null);
    say(accepted, () => `${accepted.code} of ${aboutText(accepted)} is accepted until ${until}.\n`);
    return 0;
  },
});

const consent = appCommand({
  name: 'consent',
  description: 'Lets Lamplighter delete the stopped machine of one finding, where the policy allows that',
  args: {
    finding: { type: 'positional', required: true, description: 'Id of the finding, or its rule’s code' },
    compute: { type: 'positional', required: true, description: 'The machine that may be deleted' },
    until: {
      type: 'string',
      valueHint: 'DATE',
      description: 'How long that holds, 30 days at most; left out: 7 days',
    },
    withdraw: { type: 'boolean', description: 'Takes it back, as long as nothing was deleted' },
  },
  examples: [
    'lamplighter finding consent instance.forgotten ml-team/ci-ada',
    'lamplighter finding consent owner.gone ml-team/ci-ada --until 2026-12-31',
    'lamplighter finding consent instance.forgotten ml-team/ci-ada --withdraw',
  ],
  async act({ args, door, say }) {
    const isCode = args.finding.includes('.');
    const findingId = isCode ? await findingIdOf(door, args.finding, args.compute) : args.finding;
    if (args.withdraw === true) {
      const taken = await door.call('POST', '/api/findings/consent-withdrawal', { findingId });
      const record = bodyOf<FindingView>(taken, flags);
      say(record, () => `${aboutText(record)} stays; nobody consents to its deletion any more.\n`);
      return 0;
    }
    const body = {
      findingId,
      compute: args.compute.slice(args.compute.lastIndexOf('/') + 1),
      ...(args.until === undefined ? {} : { until: args.until }),
    };
    const given = bodyOf<FindingView>(await door.call('POST', '/api/findings/consent', body), {
      ...flags,
      compute: 'COMPUTE',
    });
    const until = momentText(given.deletion?.consent?.until ?? null);
    say(
      given,
      () =>
        `${aboutText(given)} may be deleted until ${until}, after the notice and a second look, while it stays stopped; files on the workspace share stay.\n`,
    );
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'finding',
  description: 'See which rules are broken, accept one for a while, consent to a deletion',
  examples: ['lamplighter finding list --workspace ml-team'],
};

/** Broken rules and what is accepted of them. */
export const finding = defineCommand({ meta, subCommands: { list, accept, consent } });
