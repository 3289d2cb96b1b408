import { formatDuration } from '../policy/duration.ts';
import type { RequestsPolicy } from '../policy/types.ts';
import type { InstanceSchedule } from './machine.ts';
import type { Refusal } from './refusal.ts';

export type SettingsWish = {
  readonly idleShutdownMinutes: number | null;
  readonly schedules: readonly InstanceSchedule[];
};

const minuteMs = 60_000;

function idleRefusal({ idleShutdownMinutes: minutes }: SettingsWish, rules: RequestsPolicy): Refusal | null {
  const { atLeastMs, atMostMs, required } = rules.idleShutdown;
  const within = [
    ...(atLeastMs === null ? [] : [`at least ${formatDuration(atLeastMs)}`]),
    ...(atMostMs === null ? [] : [`at most ${formatDuration(atMostMs)}`]),
  ].join(' and ');
  const common = { code: 'refuse.idle-shutdown', field: 'idleShutdown' } as const;
  if (minutes === null) {
    if (!required) return null;
    return {
      ...common,
      detail: 'The policy wants Azure’s own idle shutdown to be set on this instance, and none is named.',
      fix: `Name one in "idleShutdown"${within === '' ? ', such as 2h' : `: ${within}`}.`,
    };
  }
  const ms = minutes * minuteMs;
  if ((atLeastMs === null || ms >= atLeastMs) && (atMostMs === null || ms <= atMostMs)) return null;
  return {
    ...common,
    detail: `An idle shutdown after ${formatDuration(ms)} is outside of what the policy allows: ${within}.`,
    fix: `Choose ${within}${required ? '' : ', or leave "idleShutdown" out'}.`,
  };
}

function scheduleRefusal({ schedules }: SettingsWish, rules: RequestsPolicy): Refusal | null {
  const starts = schedules.some(({ action }) => action === 'Start');
  if (schedules.length === 0 || rules.schedules === 'allow') return null;
  if (rules.schedules === 'stopOnly' && !starts) return null;
  const common = { code: 'refuse.schedules', field: 'schedules' } as const;
  return rules.schedules === 'deny'
    ? {
        ...common,
        detail: 'The policy allows no schedules of Azure’s own on this instance.',
        fix: 'Leave "schedules" out; those of the policy hold for it.',
      }
    : {
        ...common,
        detail: 'The policy allows schedules of Azure’s own to stop this instance, not to start it.',
        fix: 'Leave out those with "action": "Start".',
      };
}

/** What an admin's bounds say to the settings that somebody wishes for. */
export const settingRefusals = (wish: SettingsWish, rules: RequestsPolicy): readonly Refusal[] =>
  [idleRefusal(wish, rules), scheduleRefusal(wish, rules)].filter((one) => one !== null);
