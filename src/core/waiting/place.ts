import type { InstanceWish } from '../provision/instance-wish.ts';
import type { LimitState } from '../quota/types.ts';
import { limitText } from '../quota/limit-text.ts';

/** A limit that somebody waits for, as it stood when it was looked at last. */
export type AwaitedLimit = { readonly key: string; readonly code: string; readonly detail: string };

/**
 * `waiting` and `offered` are open. `taken`: it became a request, or its person got such a machine otherwise. `expired`: no
 * room was found in time; `lapsed`: room was offered and nobody took it; `refused`: another rule speaks against it by now.
 */
export type PlaceState = 'waiting' | 'offered' | 'taken' | 'left' | 'expired' | 'lapsed' | 'refused';

/** Room that is held for a place. */
export type Offer = {
  /** Under which the room is reserved, and which the request will have. */
  readonly requestId: string;
  readonly until: number;
  /** Null: its person has not been told yet. */
  readonly toldAt: number | null;
};

/** Somebody's place on the waiting list: one per person and size. */
export type Place = {
  readonly placeId: string;
  /** The refused request that it came from. */
  readonly fromRequestId: string;
  readonly wish: InstanceWish;
  /** Its place in the line. */
  readonly since: number;
  readonly until: number;
  /** Ask at once when there is room, instead of asking its person first. */
  readonly autoStart: boolean;
  readonly limits: readonly AwaitedLimit[];
  /** How often somebody who came later was given room of a limit that this one waits for. */
  readonly overtaken: number;
  /** Counts what was tried: each try is a request of its own. */
  readonly attempt: number;
  readonly state: PlaceState;
  readonly offer: Offer | null;
  /** The request that it became. */
  readonly requestId: string | null;
  readonly sentence: string;
  readonly updatedAt: number;
  readonly endedAt: number | null;
};

export const isOpen = ({ state }: Pick<Place, 'state'>): boolean =>
  state === 'waiting' || state === 'offered';

export const limitKey = ({ code, group, unit, quotaIndex }: LimitState): string =>
  `${code}|${quotaIndex ?? 'azure'}|${group.key}|${unit}`;

export const awaited = (limit: LimitState): AwaitedLimit => ({
  key: limitKey(limit),
  code: limit.code,
  detail: limitText(limit),
});

/** Refusals that end when others make room, or a month ends. All others hold until somebody asks for something else. */
export const isOfLimit = (code: string): boolean => /^refuse\.(?:quota|azure)\.|^refuse\.budget$/.test(code);

/** Whether the limit, were it all free, would let the machine through. */
export const couldEverFit = ({ unit, asked, limit }: LimitState): boolean =>
  unit === 'usd-this-month' ? limit > 0 : asked <= limit;
