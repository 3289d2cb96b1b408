import type { TokenCredential } from '@azure/core-auth';
import type { TableClient } from '@azure/data-tables';
import { LamplighterError } from '../../core/errors.ts';
import type { LedgerTable } from '../../ports/ledger.ts';
import { type ConditionalDeletes, conditionalDeletesPolicy } from './conditional-deletes.ts';
import type { AzureClientOptions } from './transport.ts';

export type TablesLocation =
  /** `https://ACCOUNT.table.core.windows.net` */
  | { readonly kind: 'account'; readonly endpoint: string; readonly credential: TokenCredential }
  | { readonly kind: 'emulator'; readonly connection: string };

export type TablesLedgerOptions = {
  readonly location: TablesLocation;
  /** Letters and digits, a letter first: several deployments can share an account. */
  readonly prefix: string;
  readonly clientOptions: AzureClientOptions;
};

/** Throws `ledger.bad-prefix`. */
export function checkPrefix(prefix: string): void {
  if (/^[A-Za-z][A-Za-z0-9]{1,39}$/.test(prefix)) return;
  throw new LamplighterError(`${JSON.stringify(prefix)} cannot start the names of tables.`, {
    code: 'ledger.bad-prefix',
    fault: 'deployment',
    field: 'prefix',
    fix: 'Use 2 to 40 letters and digits, a letter first.',
  });
}

/** A client of one table; with `deletes` one whose transactions keep their ETags. The SDK is loaded with the first. */
export async function openTable(
  options: TablesLedgerOptions,
  table: LedgerTable,
  deletes?: ConditionalDeletes,
): Promise<TableClient> {
  const { TableClient } = await import('@azure/data-tables');
  const name = `${options.prefix}${table}`;
  const { location } = options;
  const policies =
    deletes === undefined
      ? {}
      : { additionalPolicies: [{ policy: conditionalDeletesPolicy(deletes), position: 'perCall' as const }] };
  const clientOptions = { ...options.clientOptions, ...policies };
  return location.kind === 'account'
    ? new TableClient(location.endpoint, name, location.credential, clientOptions)
    : TableClient.fromConnectionString(location.connection, name, {
        ...clientOptions,
        allowInsecureConnection: true,
      });
}
