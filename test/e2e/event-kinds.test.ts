import { onTestFinished, expect, it } from 'vitest';
import { countEventKind, listEventCounts } from '../../src/ledger/attach-events.ts';
import { createMemoryLedger } from '../../src/adapters/memory/ledger.ts';
import { eventKindOf } from '../../src/triggers/eventgrid/event-kind.ts';
import { eventWorld } from '../support/event-world.ts';
import { at, enforce, idle, startAt } from '../support/fleet-world.ts';

it('which events Azure sends about computes is counted, under the names it gives them', async () => {
  const world = await eventWorld([idle('ci-a')], {
    policy: enforce('sweep: { every: 6h }\nidle: { after: 7h }\n'),
  });
  onTestFinished(() => world.close());
  await world.runWithEvents(at(0, 1));
  world.azure.act({ do: 'stop', compute: 'ci-a', by: 'ada' });
  await world.runWithEvents(at(0, 10));

  const kinds = await listEventCounts(world.ledger, 'kinds');
  expect(kinds.map(({ name }) => name)).toContain('ResourceActionSuccess:stop.action');
});

it.each([
  [
    {
      eventType: 'Microsoft.Resources.ResourceWriteSuccess',
      data: { operationName: 'Microsoft.MachineLearningServices/workspaces/computes/write' },
    },
    'ResourceWriteSuccess:write',
  ],
  [
    {
      type: 'Microsoft.Resources.ResourceActionFailure',
      data: { operationName: 'MICROSOFT.MACHINELEARNINGSERVICES/WORKSPACES/COMPUTES/START/ACTION' },
    },
    'ResourceActionFailure:START.ACTION',
  ],
  [{ eventType: 'Microsoft.Resources.ResourceDeleteSuccess' }, 'ResourceDeleteSuccess:unnamed'],
  [
    {
      eventType: 'Microsoft.Resources.ResourceActionSuccess',
      data: { operationName: '../../../etc/passwd' },
    },
    'ResourceActionSuccess:unnamed',
  ],
  [{ eventType: 'Contoso.Orders.Made' }, null],
  [null, null],
])('an event %o calls itself %s', (event, kind) => {
  expect(eventKindOf(event)).toBe(kind);
});

it('kinds that somebody makes up do not fill the ledger', async () => {
  const ledger = createMemoryLedger();
  for (let index = 0; index < 100; index += 1) await countEventKind(ledger, `Made:up${index}`, startAt);
  await countEventKind(ledger, 'Made:up1', startAt);
  const kinds = await listEventCounts(ledger, 'kinds');
  expect(kinds).toHaveLength(40);
  expect(kinds.find(({ name }) => name === 'Made:up1')?.count).toBe(2);
});
