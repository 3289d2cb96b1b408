import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvent, type SetAsideReason } from '../../../src/triggers/eventgrid/read-event.ts';

const sub = '11111111-0000-4000-8000-000000000001';
const workspace = `/subscriptions/${sub}/resourcegroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws1`;
const subject = `${workspace}/computes/ci-ada`;
const ada = 'aaaaaaaa-0000-4000-8000-00000000000A';

const event = (more: Record<string, unknown> = {}, data: Record<string, unknown> = {}) => ({
  id: 'e1',
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-03-02T08:00:00Z',
  topic: `/subscriptions/${sub}`,
  subject,
  dataVersion: '2',
  metadataVersion: '1',
  data: {
    operationName: 'Microsoft.MachineLearningServices/workspaces/computes/write',
    claims: {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': ada,
      appid: 'App-1',
      name: 'Ada',
    },
    ...data,
  },
  ...more,
});
const cloud = (more: Record<string, unknown> = {}) => {
  const { eventType, topic, eventTime, dataVersion: _v, metadataVersion: _m, ...rest } = event();
  return { ...rest, specversion: '1.0', type: eventType, source: topic, time: eventTime, ...more };
};
const runEvent = (more: Record<string, unknown> = {}, data: Record<string, unknown> = {}) => ({
  ...event({
    eventType: 'Microsoft.MachineLearningServices.RunCompleted',
    topic: workspace,
    subject: 'experiments/e/runs/train_1',
    dataVersion: '1.0',
    ...more,
  }),
  data: { runId: 'train_1', ...data },
});

describe('an event', () => {
  it('of either schema names the compute and who did it, whatever the casing', () => {
    const expected = {
      kind: 'compute',
      ref: { subscriptionId: sub, resourceGroup: 'rg', workspace: 'ws1', compute: 'ci-ada' },
      actors: [ada.toLowerCase(), 'app-1'],
    };
    expect(readEvent(event())).toEqual(expected);
    expect(readEvent(cloud())).toEqual(expected);
    expect(readEvent(event({ topic: `/SUBSCRIPTIONS/${sub}/resourceGroups/rg` }))).toEqual(expected);
  });

  it('about a run names the workspace and the run', () => {
    expect(readEvent(runEvent())).toEqual({
      kind: 'run',
      workspace: { subscriptionId: sub, resourceGroup: 'rg', workspace: 'ws1' },
      run: 'train_1',
    });
  });

  it.each<[string, unknown, SetAsideReason]>([
    ['nothing', undefined, 'malformed'],
    ['a text', 'hello', 'malformed'],
    ['an empty object', {}, 'malformed'],
    ['one without an id', event({ id: '' }), 'malformed'],
    ['one whose subject is a number', event({ subject: 7 }), 'malformed'],
    ['a compute called ..', event({ subject: `${workspace}/computes/..` }), 'malformed'],
    ['a path behind the name', event({ subject: `${subject}/../../x` }), 'malformed'],
    ['an encoded slash', event({ subject: `${workspace}/computes/a%2fb` }), 'malformed'],
    ['a subscription that is no GUID', event({ subject: subject.replace(sub, 'prod') }), 'malformed'],
    ['a very long subject', event({ subject: `${workspace}/computes/${'x'.repeat(3000)}` }), 'malformed'],
    ['an oversized one', event({}, { claims: { name: 'x'.repeat(300_000) } }), 'oversized'],
    ['a schema of the future', event({ dataVersion: '9' }), 'unknown-version'],
    ['CloudEvents of the future', cloud({ specversion: '2.0' }), 'unknown-version'],
    ['a version that is an object', event({ dataVersion: {} }), 'unknown-version'],
    ['another type', event({ eventType: 'Microsoft.Storage.BlobCreated' }), 'unknown-type'],
    [
      'a validation that came as a notification',
      event({ eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent' }),
      'unknown-type',
    ],
    [
      'the topic of another subscription',
      event({ topic: '/subscriptions/22222222-0000-4000-8000-000000000002' }),
      'wrong-topic',
    ],
    ['a topic that is none', event({ topic: 'https://evil.example' }), 'wrong-topic'],
    ['a run of no workspace', runEvent({ topic: `/subscriptions/${sub}` }), 'wrong-topic'],
    ['a run called ..', runEvent({}, { runId: '..' }), 'malformed'],
    ['a run with a slash', runEvent({}, { runId: 'a/b' }), 'malformed'],
    ['a workspace', event({ subject: workspace }), 'not-a-compute'],
    [
      'another operation on it',
      event({}, { operationName: 'Microsoft.Authorization/roleAssignments/write' }),
      'not-a-compute',
    ],
    ['a write that failed', event({ eventType: 'Microsoft.Resources.ResourceWriteFailure' }), 'unsuccessful'],
    [
      'a delete that was cancelled',
      event({ eventType: 'Microsoft.Resources.ResourceDeleteCancel' }),
      'unsuccessful',
    ],
  ])('that is %s is set aside', (_what, given, reason) => {
    expect(readEvent(given)).toEqual({ kind: 'set-aside', reason });
  });

  it('never makes the reader throw, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        fc.constantFrom('subject', 'topic', 'eventType', 'data', 'id', 'dataVersion'),
        (value, field) => {
          expect(readEvent(value)).toHaveProperty('kind');
          expect(readEvent({ ...event(), [field]: value })).toHaveProperty('kind');
        },
      ),
      { numRuns: 300 },
    );
  });
});
