import type { ComputeKey } from '../../../core/ids.ts';
import { formatDuration } from '../../../core/policy/duration.ts';

const minuteMs = 60_000;

type Span = { readonly fromAt: number; untilAt: number };
type Setting = { readonly minutes: number; readonly setAt: number; told: boolean };

/**
 * The platform's idle shutdown where Lamplighter has set it: from so long after the setting was last written on, the
 * platform may stop the machine at any moment, whatever is done on it. None of these moments may lie in a snooze.
 */
export class PlatformClock {
  readonly #settings = new Map<ComputeKey, Setting>();
  readonly #snoozes = new Map<ComputeKey, Span[]>();

  /** A snooze that was accepted; it takes the place of the one before. */
  onSnooze(key: ComputeKey, fromAt: number, untilAt: number): void {
    const spans = this.#snoozes.get(key) ?? [];
    const last = spans.at(-1);
    if (last !== undefined) last.untilAt = Math.min(last.untilAt, fromAt);
    this.#snoozes.set(key, [...spans, { fromAt, untilAt }]);
  }

  /** Lamplighter has written it: that starts its clock anew. Returns what is wrong with what was there until now. */
  onSetting(key: ComputeKey, minutes: number | null, now: number): string | null {
    const wrong = this.#check(key, now);
    if (minutes === null) this.#settings.delete(key);
    else this.#settings.set(key, { minutes, setAt: now, told: false });
    return wrong;
  }

  /** What is wrong by now, each told once. */
  check(now: number): readonly { readonly key: ComputeKey; readonly detail: string }[] {
    return [...this.#settings.keys()].flatMap((key) => {
      const detail = this.#check(key, now);
      return detail === null ? [] : [{ key, detail }];
    });
  }

  #check(key: ComputeKey, now: number): string | null {
    const setting = this.#settings.get(key);
    if (setting === undefined || setting.told) return null;
    const mayStopAt = setting.setAt + setting.minutes * minuteMs;
    const insideMs = Math.max(
      0,
      ...(this.#snoozes.get(key) ?? []).map(
        ({ fromAt, untilAt }) => Math.min(now, untilAt) - Math.max(mayStopAt, fromAt),
      ),
    );
    if (insideMs === 0) return null;
    setting.told = true;
    return `set to ${formatDuration(setting.minutes * minuteMs)}, it could have stopped it during ${formatDuration(insideMs)} of a snooze`;
  }
}
