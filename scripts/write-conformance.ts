import { writeFileSync } from 'node:fs';
import { runDurableConformance } from '../test/support/durable/run-durable-conformance.ts';
import { runHostConformance } from '../test/support/host-conformance.ts';
import { conformancePage, inadmissibleRows } from '../test/support/conformance-page.ts';

const rows = { durable: await runDurableConformance(), host: await runHostConformance() };
const inadmissible = inadmissibleRows(rows);
if (inadmissible.length > 0) {
  // A page that hid a regression would be worse than a stale one.
  for (const { group, case: name, note } of inadmissible) console.error(`${group}: ${name}: ${note}`);
  console.error('docs/conformance.md was not written: mend these, or list them with their reasons.');
  process.exitCode = 1;
} else {
  writeFileSync(new URL('../docs/conformance.md', import.meta.url), conformancePage(rows));
  console.log(`docs/conformance.md: ${rows.durable.length} Durable cases, ${rows.host.length} host items`);
}
