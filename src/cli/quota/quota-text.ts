import type { LimitView } from '../../present/json/limit-view.ts';
import type { MachineCheckView } from '../../present/json/machine-check-view.ts';
import type { AzureQuotaView, QuotaView } from '../../present/json/quota-view.ts';
import { type Cell, type Look, table } from '../../present/table.ts';

type Usage = AzureQuotaView['regional'];

const stateCell = ({ state }: LimitView): Cell => ({
  text: state,
  colour: state === 'exceeded' ? 'red' : state === 'unknown' ? 'yellow' : 'green',
});
/** What is not known is never a zero. */
const amount = (value: number | null): string =>
  value === null ? '?' : String(Math.round(value * 100) / 100);
const usedText = ({ used, usedAtMost }: LimitView): string =>
  usedAtMost === used ? amount(used) : `${amount(used)}–${amount(usedAtMost)}`;

const limitTable = (limits: readonly LimitView[], look: Look): string =>
  table(
    [
      { title: 'LIMIT' },
      { title: 'OF' },
      { title: 'UNIT' },
      { title: 'USED', align: 'right' },
      { title: 'RESERVED', align: 'right' },
      { title: 'AT MOST', align: 'right' },
      { title: 'STATE' },
      { title: 'BEYOND IT' },
    ],
    limits.map((limit) => [
      `${limit.source === 'azure' ? 'Azure, ' : ''}per ${limit.per}`,
      limit.group,
      limit.unit,
      usedText(limit),
      amount(limit.reserved),
      amount(limit.limit),
      stateCell(limit),
      limit.effect,
    ]),
    look,
  );

const lastOf = (armId: string): string => armId.split('/').at(-1) ?? armId;

/** Azure's numbers above have it in already. */
const endpointRows = (location: string, { deployments, unread }: AzureQuotaView['endpoints']): Cell[][] => [
  ...deployments.map(({ workspace, endpoint, deployment, cores }): Cell[] => [
    location,
    `of it, endpoint ${endpoint}/${deployment} in ${lastOf(workspace)}`,
    amount(cores),
    '',
    '',
  ]),
  ...unread.map((name): Cell[] => [location, `of it, endpoints in ${name}`, '?', '', 'cannot be read']),
];

const regionRows = ({
  location,
  readable,
  regional,
  computes,
  families,
  endpoints,
  ...more
}: AzureQuotaView): Cell[][] => {
  if (!readable) return [[location, 'cannot be read', '?', '?', '']];
  const row = (what: string, usage: Usage): Cell[] => [
    location,
    what,
    amount(usage?.used ?? null),
    amount(usage?.limit ?? null),
    '',
  ];
  return [
    row('all cores', regional),
    row('computes', computes),
    ...families.map((usage) => row(usage.family, usage)),
    ...(more.workspaceLimits ?? []).map((limit): Cell[] => [
      location,
      `${limit.family} in ${lastOf(limit.workspace)}`,
      amount(limit.used),
      amount(limit.limit),
      limit.setBy === null ? '' : `set by ${limit.setBy}`,
    ]),
    ...endpointRows(location, endpoints),
  ];
};

/** Where limits stand: the policy's, and for an admin Azure's. */
export function quotaText({ limits, azure, note }: QuotaView, look: Look): string {
  const regions = table(
    [
      { title: 'REGION' },
      { title: 'AZURE’S QUOTA' },
      { title: 'USED', align: 'right' },
      { title: 'AT MOST', align: 'right' },
      { title: '' },
    ],
    azure.flatMap(regionRows),
    look,
  );
  const ours =
    limits.length === 0
      ? azure.length === 0
        ? 'The policy sets no limit that concerns you.\n'
        : 'The policy sets no limit.\n'
      : limitTable(limits, look);
  return `${ours}${regions === '' ? '' : `\n${regions}`}\n${note}\n`;
}

const outcomes: Readonly<Record<MachineCheckView['outcome'], string>> = {
  granted: 'Granted: such a machine breaks no limit now. Nothing is reserved.',
  approval: 'Approval: such a machine needs somebody’s word.',
  refused: 'Refused: such a machine would not be made.',
};

/** What a request would meet, and what would make room. */
export function checkText(check: MachineCheckView, look: Look): string {
  const lines = [
    outcomes[check.outcome],
    ...check.sizeFaults.map(({ code, detail }) => `  ${detail} (${code})`),
    ...check.limits
      .filter(({ state }) => state !== 'within')
      .map(({ sentence, code }) => `  ${sentence} (${code})`),
  ];
  if (check.outcome !== 'granted' && check.ownStopped.length > 0) {
    const names = check.ownStopped.map(({ workspace, compute }) => `${workspace}/${compute}`).join(', ');
    lines.push(
      `Stopped machines of the person keep their quota: ${names}. Deleting ${check.enoughIfDeleted ? 'them would be enough' : 'them would not be enough'}.`,
    );
  }
  if (check.outcome !== 'granted' && check.sizesWithRoom.length > 0) {
    lines.push(`Sizes with room: ${check.sizesWithRoom.join(', ')}.`);
  }
  return `${lines.join('\n')}\n${check.limits.length === 0 ? '' : `\n${limitTable(check.limits, look)}`}`;
}
