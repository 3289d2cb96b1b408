import type { LedgerLocation } from '../../config/settings.ts';

const emulatorOrigin = 'http://127.0.0.1:10002';

/** Where the tables answer. */
export function ledgerOrigin(ledger: LedgerLocation): string {
  if (ledger.kind === 'account') return ledger.endpoint;
  const named = /(?:^|;)TableEndpoint=([^;]+)/i.exec(ledger.connection.reveal())?.[1];
  return named === undefined ? emulatorOrigin : new URL(named).origin;
}
