import type { ComputeRef } from '../core/ids.ts';
import type { Person } from '../core/computes.ts';

export type Message = {
  /** The same message sent again carries the same id. */
  readonly id: string;
  readonly kind:
    | 'warning'
    | 'withdrawn'
    | 'stopped'
    | 'stop-failed'
    | 'question'
    | 'wish'
    | 'invitation'
    | 'alert'
    | 'finding'
    | 'request';
  /** Null: to the admins' channel. */
  readonly to: Person | null;
  readonly compute: ComputeRef | null;
  readonly title: string;
  readonly sentence: string;
  /** Label and relative link of what the reader can do. */
  readonly links: readonly { readonly label: string; readonly path: string }[];
};

export type Delivery =
  | { readonly accepted: true; readonly channel: string }
  | { readonly accepted: false; readonly why: string; readonly retryAt: number | null };

export interface Notifier {
  /** `none`: nobody is told but by the ledger and the page; every message counts as accepted. */
  readonly channel: string;
  send(message: Message): Promise<Delivery>;
}
