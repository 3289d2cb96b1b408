import { expect, it } from 'vitest';
import { runScenario } from '../../src/local/simulation/run-scenario.ts';
import { parseScenario } from '../../src/local/simulation/scenario/parse.ts';

const text = `
version: 1
name: a second attachment of a cluster is found by its event and detached after notice
start: 2026-03-02T08:00:00Z
duration: 2h
seed: 7
policy:
  mode: enforce
  idle: { warn: 10m }
  attachments: { duplicate: detachNewer }
users:
  - { name: root, roles: [Admin] }
  - { name: ada }
workspaces:
  - { name: ws1, subscription: sub1, resourceGroup: rg, location: westeurope }
computes:
  - { name: dbx, workspace: ws1, kind: Databricks, resourceId: /subscriptions/sub1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/dbx, attachedAt: -30d, inUse: false }
timeline:
  - { at: 21m, do: create, by: ada, compute: { name: dbx2, workspace: ws1, kind: Databricks, resourceId: /subscriptions/SUB1/resourceGroups/RG/providers/Microsoft.Databricks/workspaces/DBX, inUse: false } }
  - { at: 1h, do: attach, id: a1, name: dbx3, workspace: ws1, kind: Databricks, resourceId: /subscriptions/sub1/resourceGroups/rg/providers/Microsoft.Databricks/workspaces/dbx, by: root }
  - { at: 1h5m, do: detach, id: d1, compute: dbx, by: ada }
  - { at: 1h10m, do: reattach, id: r1, compute: dbx, workspace: ws1, by: root, properties: { disableLocalAuth: true } }
expect:
  - { finding: attachment.duplicate, compute: dbx2, raised: { before: 22m }, told: 1 }
  - { compute: dbx2, detached: { after: 31m, before: 34m } }
  - { attach: a1, status: refused, reason: refuse.attachment.duplicate }
  - { detach: d1, status: refused, reason: refuse.forbidden }
  - { reattach: r1, status: attached }
  - { compute: dbx2, exists: false, at: 2h }
`;

it('a scenario tells of attachments: found by the event, detached after notice, refused, attached anew', async () => {
  const parsed = parseScenario('attachments.yaml', text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const result = await runScenario(parsed.scenario);
  expect([result.expectations.filter(({ met }) => !met), result.violations]).toEqual([[], []]);
});
