import type { Notifier } from '../ports/notifier.ts';

/** Where nobody configured a channel: the ledger and the page tell, and every message counts as accepted. */
export const ledgerOnlyNotifier: Notifier = {
  channel: 'none',
  send: async () => ({ accepted: true, channel: 'none' }),
};
