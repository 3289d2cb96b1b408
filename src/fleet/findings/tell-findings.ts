import { told, type LifeStep } from '../../core/findings/life.ts';
import { titleOfFinding } from '../../core/findings/title.ts';
import type { FindingRecord } from '../../core/findings/types.ts';
import type { Person } from '../../core/computes.ts';
import { timeText } from '../../core/explain/time-text.ts';
import { usdText } from '../../core/cost/money.ts';
import type { FindingCode } from '../../core/policy/codes.ts';
import { shortHash } from '../../core/ids.ts';
import type { Message } from '../../ports/notifier.ts';
import type { Flow } from '../flow.ts';
import { linkFor, longestLinkMs } from '../link-for.ts';
import { deliver, pagePath } from '../tell.ts';

const subjectOf = ({ about }: FindingRecord): string =>
  about.kind === 'compute' ? about.ref.compute : about.group.name;

/** One finding in the words of a message. */
function textOf({ record, tell }: LifeStep): string {
  const { consent = null, notice } = record;
  if (tell === 'fixed' && consent !== null && notice?.doneAt != null) {
    const by = consent.by.name ?? consent.by.objectId;
    return `${subjectOf(record)} is deleted, as ${by} consented on ${timeText(consent.at)}: files on the workspace share stay, its OS disk, /tmp and installed packages are gone, its quota is free.`;
  }
  if (tell === 'fixed') return `${subjectOf(record)}: ${titleOfFinding(record.code)} is fixed.`;
  const cost = record.usdPerMonth === null ? '' : ` It costs ${usdText(record.usdPerMonth)} a month.`;
  return `${subjectOf(record)}: ${record.sentence}${cost} ${record.fix}`;
}

const lookLink = { label: 'Open Lamplighter', path: `${pagePath}?show=findings` };

/** Where the policy lets Lamplighter delete and nobody has consented yet. */
function consentLink(
  flow: Flow,
  { record, tell }: LifeStep,
  person: Person['objectId'] | null,
): Message['links'] {
  const { about, remedy, consent = null, findingId } = record;
  if (tell === 'fixed' || about.kind !== 'compute' || remedy?.kind !== 'delete' || consent !== null)
    return [];
  const link = linkFor(flow, {
    label: 'It may be deleted',
    otherwise: lookLink.path,
    action: 'consent-deletion',
    subject: { kind: 'compute', ref: about.ref, of: findingId },
    person,
    expiresAt: flow.ports.clock.now() + longestLinkMs,
  });
  return [link];
}

/** Longer lists are for the page. */
const shownAtOnce = 20;

/** What the owner can do nothing about, or is not there to read. */
const forAdmins: ReadonlySet<FindingCode> = new Set<FindingCode>(['platform.idle-shutdown', 'owner.gone']);

const personFor = ({ record }: LifeStep): Person | null => (forAdmins.has(record.code) ? null : record.owner);
const recipientOf = (step: LifeStep): string => personFor(step)?.objectId ?? 'admins';

/** Of machines whose owner is gone their manager is told beside the admins; that admins know counts. */
async function tellManagers(flow: Flow, steps: readonly LifeStep[]): Promise<void> {
  for (const step of steps) {
    const { record, tell } = step;
    const { about, manager = null } = record;
    if (manager === null || about.kind !== 'compute') continue;
    await deliver(flow, {
      id: `manager-${record.findingId}-${tell ?? ''}-${record.tellings}`,
      kind: 'finding',
      to: { objectId: manager, name: null },
      compute: about.ref,
      title: `${subjectOf(record)}: ${titleOfFinding(record.code)}`,
      sentence: textOf(step),
      links: [...consentLink(flow, step, manager), lookLink],
    });
  }
}

/**
 * Tells what is to be told, to each person once, however many findings there are; admins of what is nobody's. Returns the
 * records as they are afterwards, in the order given; who could not be told now is told at the next sweep.
 */
export async function tellFindings(
  flow: Flow,
  steps: readonly LifeStep[],
): Promise<readonly FindingRecord[]> {
  const delivered = new Map<string, boolean>();
  const toTell = steps.filter(({ tell }) => tell !== null);
  for (const recipient of new Set(toTell.map(recipientOf))) {
    const theirs = toTell.filter((step) => recipientOf(step) === recipient);
    const [first] = theirs;
    if (first === undefined) continue;
    const ids = theirs.map(({ record, tell }) => `${record.findingId}/${tell ?? ''}/${record.tellings}`);
    const more = theirs.length - shownAtOnce;
    const alone = theirs.length === 1;
    const { about } = first.record;
    const delivery = await deliver(flow, {
      id: `finding-${shortHash(ids.join(' '), 20)}`,
      kind: 'finding',
      to: personFor(first),
      compute: alone && about.kind === 'compute' ? about.ref : null,
      title: alone
        ? `${subjectOf(first.record)}: ${titleOfFinding(first.record.code)}${first.tell === 'fixed' ? ' (fixed)' : ''}`
        : `${theirs.length} findings`,
      sentence: [
        ...theirs.slice(0, shownAtOnce).map(textOf),
        ...(more > 0 ? [`${more} more are on the page.`] : []),
      ].join('\n'),
      links: [...(alone ? consentLink(flow, first, personFor(first)?.objectId ?? null) : []), lookLink],
    });
    delivered.set(recipient, delivery.accepted);
  }
  await tellManagers(flow, toTell);
  const now = flow.ports.clock.now();
  return steps.map((step) => told(step, delivered.get(recipientOf(step)) ?? false, now));
}
