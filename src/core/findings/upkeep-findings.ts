import { Temporal } from 'temporal-polyfill';
import type { Compute } from '../computes.ts';
import { noStandingPrices, standingCost, type StandingPrices } from '../cost/stopped-cost.ts';
import { durationText } from '../explain/duration-text.ts';
import { timeText } from '../explain/time-text.ts';
import type { ObjectId } from '../ids.ts';
import type { Policy } from '../policy/types.ts';
import { innerOf, memberOf, membersOf, textMember } from './arm-properties.ts';
import { broken, type RuleResult } from './rule.ts';
import type { Remedy } from './types.ts';

/** `diskFreeMegabytes` null: nobody measured it lately, as on a machine that is off. */
export function diskFinding(diskFreeMegabytes: number | null, rules: Policy['disk']): RuleResult {
  if (diskFreeMegabytes === null) return 'unknown';
  const gigabytes = diskFreeMegabytes / 1024;
  if (gigabytes >= rules.lowBelowGigabytes) return 'kept';
  return broken(
    `Its OS disk has ${gigabytes.toFixed(1)} GB left, less than ${rules.lowBelowGigabytes} GB; on a full disk a stop or restart fails.`,
    'Delete what is not needed below /home, /tmp and the package caches, or move it to the file share.',
  );
}

/** `owner`: whether the account behind it is there still; `unknown` where the directory does not say. */
export function ownerFinding(
  compute: Compute,
  owner: 'there' | 'gone' | 'unknown',
  rules: Policy['owners'],
  manager: ObjectId | null = null,
): RuleResult {
  const remedy = rules.deleteAfterMs === null ? null : deleteRemedy(compute);
  const withConsent =
    remedy === null || rules.deleteAfterMs === null
      ? ''
      : ` ${durationText(rules.deleteAfterMs)} after it was found, Lamplighter deletes it if the manager or an admin consents.`;
  if (compute.owner === null) {
    return innerOf(compute) === null
      ? 'unknown'
      : broken(
          'Nobody owns it: Azure names no assigned user, and no person who made it.',
          `Find out whose it is, or delete it.${withConsent}`,
          { remedy },
        );
  }
  if (owner === 'unknown') return 'unknown';
  if (owner === 'there') return 'kept';
  const name = compute.owner.name ?? compute.owner.objectId;
  return broken(
    `Its owner ${name} is gone: the account is disabled or deleted.`,
    `Let the manager save what is needed from the file share, then delete it.${withConsent}`,
    { remedy, manager },
  );
}

/** Null: Azure does not say. */
function hasPublicIp(compute: Compute): boolean | null {
  const inner = innerOf(compute);
  const said = inner === null ? undefined : memberOf(inner, 'enableNodePublicIp');
  return typeof said === 'boolean' ? said : null;
}

/** What is off, and of which Azure says when it was created, so that it cannot be taken for another. */
const deleteRemedy = ({ state, createdAt }: Compute): Remedy | null =>
  state?.toLowerCase() === 'stopped' && createdAt !== null ? { kind: 'delete', createdAt } : null;

/** Since when the instance has been stopped; null: it is not, or that is not known. */
export const stoppedSince = ({ state, lastOperation }: Compute): number | null =>
  state?.toLowerCase() === 'stopped' && lastOperation?.name.toLowerCase() === 'stop'
    ? lastOperation.at
    : null;

export function forgottenFinding(
  compute: Compute,
  rules: Policy['forgotten'],
  now: number,
  prices: StandingPrices = noStandingPrices,
): RuleResult {
  if (compute.state === null) return 'unknown';
  if (compute.state.toLowerCase() !== 'stopped') return 'kept';
  const sinceAt = stoppedSince(compute);
  if (sinceAt === null) return 'unknown';
  if (now - sinceAt <= rules.stoppedForMs) return 'kept';
  const cost = standingCost(prices, hasPublicIp(compute));
  const billed = [...cost.priced, ...cost.unpriced].join(', ');
  const rest =
    cost.usdPerMonth === null || cost.unpriced.length === 0
      ? ''
      : `, ${cost.unpriced.join(' and ')} at a price not known here`;
  const remedy = rules.remedy === 'delete' ? deleteRemedy(compute) : null;
  return broken(
    `It has been stopped for ${durationText(now - sinceAt)}, since ${timeText(sinceAt)}, and keeps its quota; ${billed} are billed all the while${rest}.`,
    `Delete it if nobody needs it: files on the share stay, packages and files on its own disk go.${remedy === null ? '' : ' Lamplighter does it if its owner or an admin consents.'}`,
    { usdPerMonth: cost.usdPerMonth, remedy },
  );
}

/** `22.06.14` is an image of 14 June 2022. */
function imageDate(version: string): number | null {
  const [, year, month, day] = /^(\d{2})\.(\d{2})\.(\d{2})(?:\.|$)/.exec(version) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  try {
    const date = { year: 2000 + Number(year), month: Number(month), day: Number(day) };
    return Temporal.PlainDate.from(date, { overflow: 'reject' }).toZonedDateTime('UTC').epochMilliseconds;
  } catch {
    return null;
  }
}

export function imageFinding(compute: Compute, rules: Policy['images'], now: number): RuleResult {
  const inner = innerOf(compute);
  const image = inner === null ? {} : membersOf(memberOf(inner, 'osImageMetadata'));
  if (memberOf(image, 'isLatestOsImageVersion') === true) return 'kept';
  const version = textMember(image, 'currentImageVersion');
  const madeAt = version === null ? null : imageDate(version);
  if (version === null || madeAt === null) return 'unknown';
  if (now - madeAt <= rules.maxAgeMs) return 'kept';
  const latest = textMember(image, 'latestImageVersion');
  return broken(
    `Its OS image ${version} is ${durationText(now - madeAt)} old, older than ${durationText(rules.maxAgeMs)}${latest === null ? '' : `; the newest is ${latest}`}.`,
    'Recreate it to get the newest image: files on the share stay, packages and files on its own disk go.',
  );
}
