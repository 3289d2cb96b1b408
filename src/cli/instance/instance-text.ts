import type { ComputeView } from '../../present/json/compute-view.ts';
import type { DecisionView } from '../../present/json/decision-view.ts';
import type { InstanceView } from '../../present/json/instance-view.ts';
import { type Cell, type Colour, type Look, table } from '../../present/table.ts';
import { type Facts, factsText } from '../facts-text.ts';
import { momentText, usdText } from '../moment-text.ts';

/** One compute with what led to its latest decision. */
export type ComputeWithHistory = ComputeView & { readonly history: readonly DecisionView[] };

const colours: Readonly<Record<DecisionView['action'], Colour>> = {
  stop: 'red',
  warn: 'yellow',
  start: 'cyan',
  keep: 'green',
};
const actionOf = ({ decision, snooze }: ComputeView): Cell => ({
  text: snooze === null ? decision.action : `${decision.action} (snoozed)`,
  colour: colours[decision.action],
});

const shortestId = 8;
/** A person without a name is told from others by the beginning of the object id. */
const ownerText = ({ owner }: ComputeView): string =>
  owner === null ? '–' : (owner.name ?? `${owner.objectId.slice(0, shortestId)}…`);

/** One row an instance; whose it is where they are not all one's own. */
export const instanceTable = (computes: readonly ComputeView[], ofAll: boolean, look: Look): string =>
  table(
    [
      { title: 'INSTANCE' },
      { title: 'WORKSPACE' },
      ...(ofAll ? [{ title: 'OWNER' }] : []),
      { title: 'SIZE' },
      { title: 'STATE' },
      { title: '$/H', align: 'right' },
      { title: 'VERDICT' },
      { title: 'WHY', flexible: true },
    ],
    computes.map((one) => [
      one.compute,
      one.workspace,
      ...(ofAll ? [ownerText(one)] : []),
      one.vmSize?.replace(/^standard_/i, '') ?? '–',
      one.state ?? '–',
      one.pricePerHourUsd === null ? '–' : one.pricePerHourUsd.toFixed(2),
      actionOf(one),
      one.decision.brief,
    ]),
    look,
  );

function sshText({ ssh, publicIp }: InstanceView): string {
  if (ssh.enabled === null) return 'not known';
  if (!ssh.enabled) return 'off; Azure can switch it on at creation only';
  if (ssh.user === null || ssh.port === null || publicIp === null) return 'on';
  return `ssh ${ssh.user}@${publicIp} -p ${ssh.port}`;
}

function costText({ cost }: InstanceView): string {
  const price =
    cost.pricePerHourUsd === null ? 'Price not known' : `${usdText(cost.pricePerHourUsd)} an hour`;
  const { thisMonth } = cost;
  const spent =
    thisMonth === null
      ? ''
      : `; this month ${usdText(thisMonth.usd)} for ${thisMonth.hours.toFixed(1)} hours${thisMonth.unpricedHours > 0 ? `, ${thisMonth.unpricedHours.toFixed(1)} of them without a known price` : ''}`;
  return `${price} at list price${spent}. ${cost.whileStopped}`;
}

function verdictFacts(known: ComputeWithHistory | null): Facts {
  if (known === null) return [['Decision', 'none yet: no sweep has looked at it']];
  const { decision, warnings, snooze } = known;
  return [
    ['Decision', `${decision.action} (${decision.reason}), ${momentText(decision.at)}`],
    ['Why', decision.sentence],
    ...warnings.map((warning): Facts[number] => [
      'Warning',
      warning.stopDueAt === null
        ? `${warning.reason}: not delivered yet, so no clock runs`
        : `${warning.reason}, of ${momentText(warning.warnedAt)}: it stops at ${momentText(warning.stopDueAt)}`,
    ]),
    ['Snoozed', snooze === null ? null : `until ${momentText(snooze.until)} by ${snooze.by}`],
  ];
}

/** All that is known of one instance. */
export const instanceText = (instance: InstanceView, known: ComputeWithHistory | null, look: Look): string =>
  factsText(
    [
      ['Instance', instance.compute],
      [
        'Address',
        `${instance.subscription}/${instance.resourceGroup}/${instance.workspace}/${instance.compute}`,
      ],
      ['State', instance.state ?? 'not known'],
      ['Size', `${instance.vmSize ?? 'not known'} in ${instance.location}`],
      ['Owner', instance.owner === null ? 'not known' : (instance.owner.name ?? instance.owner.objectId)],
      ['Created', momentText(instance.createdAt)],
      ['Public IP', instance.publicIp ?? 'none'],
      ['Private IP', instance.privateIp ?? 'none'],
      ['SSH', sshText(instance)],
      ...instance.applications.map(({ name, uri }): Facts[number] => [name, uri]),
      ...instance.errors.map((error): Facts[number] => ['Error', error]),
      ...verdictFacts(known),
      ['Schedule', known === null ? null : (known.schedule?.sentence ?? 'none stops or starts it')],
      [
        'Idle shutdown',
        instance.idleShutdownMinutes === null
          ? 'Azure’s own is not set'
          : `Azure’s own after ${instance.idleShutdownMinutes} min`,
      ],
      ['Cost', costText(instance)],
    ],
    look,
  );
