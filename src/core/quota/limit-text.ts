import { usdText } from '../cost/money.ts';
import type { LimitState, QuotaGroup } from './types.ts';

export const groupText = ({ per, name }: QuotaGroup): string => {
  switch (per) {
    case 'all':
      return 'The whole fleet';
    case 'user':
      return name;
    case 'team':
    case 'workspace':
    case 'subscription':
    case 'family':
    case 'region':
      return `${per.charAt(0).toUpperCase()}${per.slice(1)} ${name}`;
  }
};

const unitText = (unit: Exclude<LimitState['unit'], 'usd-this-month'>, count: number): string => {
  const singular = { cores: 'core', instances: 'instance', gpus: 'GPU', computes: 'compute' }[unit];
  return `${count} ${singular}${count === 1 ? '' : 's'}`;
};

/** One limit in one sentence, with all its numbers. */
export function limitText(limit: LimitState): string {
  const who = groupText(limit.group);
  if (limit.unit === 'usd-this-month') {
    const more = limit.usedAtMost === null ? 'at least ' : '';
    return `${who} has used ${more}${usdText(limit.used)} of ${usdText(limit.limit)} this month, at list prices.`;
  }
  const whose = limit.source === 'azure' ? 'Azure’s limit' : 'the limit';
  if (limit.state === 'unknown' && limit.source === 'azure') {
    return `${who}: Azure does not say how much of its limit is in use, so that nothing more can be granted yet.`;
  }
  const more = limit.usedAtMost === null ? 'at least ' : '';
  const reserved = limit.reserved === 0 ? '' : `, ${limit.reserved} more are reserved`;
  const asked =
    limit.asked === 0
      ? ''
      : `; ${unitText(limit.unit, limit.asked)} more would make ${limit.used + limit.reserved + limit.asked}`;
  const stopped = limit.source === 'policy' ? ', stopped ones included' : '';
  return `${who} holds ${more}${unitText(limit.unit, limit.used)}${stopped}${reserved}${asked}; ${whose} is ${limit.limit}.`;
}
