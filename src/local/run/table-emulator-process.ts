import { createRequire } from 'node:module';

/**
 * A child process that is the storage emulator's table service. When the parent is gone without a word (killed), it
 * stays for a while, so that a new parent finds the ledger as it was, as it would in Azure; then it saves and ends.
 */
const orphanedForMs = 10 * 60_000;

function close(): void {
  // The emulator saves to disk and ends on this message; nothing else makes it do so.
  process.emit('message', 'shutdown', undefined);
  setTimeout(() => process.exit(0), 3_000).unref();
}

process.on('disconnect', () => {
  setTimeout(close, orphanedForMs).unref();
});
process.on('SIGTERM', close);
process.on('SIGINT', () => undefined);

createRequire(import.meta.url)('azurite/dist/src/table/main.js');
