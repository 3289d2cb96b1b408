import { describe, expect, it } from 'vitest';
import { insertAttachmentRequest } from '../../../src/ledger/attachment-requests.ts';
import { parseComputeRef, parseObjectId } from '../../../src/core/ids.ts';
import { appUnderTest, person, startAt, subscriptionId } from '../../support/app-under-test.ts';

const workspaces = {
  list: async () => ({
    ok: true as const,
    value: [{ ...ref(), location: 'westeurope', tags: {} }],
  }),
};
function ref() {
  const { compute: _compute, ...workspace } = parseComputeRef({
    subscription: subscriptionId,
    resourceGroup: 'rg',
    workspace: 'ws1',
    compute: 'dbx',
  });
  return workspace;
}
const at = `/api/computes/${subscriptionId}/rg/ws1/dbx`;
const asked = { workspace: 'ws1', name: 'aci1', kind: 'ACI' };

describe('changing attachments', () => {
  it('is for admins', async () => {
    const app = await appUnderTest({ workspaces });
    for (const [method, path] of [
      ['POST', '/api/attachments'],
      ['GET', '/api/attachments'],
      ['GET', '/api/targets'],
      ['POST', `${at}/detach`],
      ['POST', `${at}/reattach`],
    ] as const) {
      expect([
        path,
        (await app.ask(method, path, { as: 'ada', body: method === 'POST' ? {} : undefined })).status,
      ]).toEqual([path, 403]);
    }
  });

  it('needs an idempotency key, and every fault of the request is named', async () => {
    const app = await appUnderTest({ workspaces });
    const without = await app.ask('POST', '/api/attachments', {
      as: 'admin',
      body: asked,
      headers: { 'idempotency-key': '' },
    });
    expect(without.status).toBe(400);
    const wrong = await app.ask('POST', '/api/attachments', {
      as: 'admin',
      body: { ...asked, kind: 7, password: 'x', secrets: { token: 'y' } },
    });
    expect(wrong.status).toBe(400);
    expect((wrong.json['faults'] as { field: string }[]).map(({ field }) => field).toSorted()).toEqual([
      'kind',
      'password',
      'secrets.token',
    ]);
  });

  it('of what can never be attached is refused, with the reason, and can be read again', async () => {
    const app = await appUnderTest({ workspaces });
    const given = await app.ask('POST', '/api/attachments', { as: 'admin', body: asked });
    expect(given).toMatchObject({
      status: 202,
      json: { status: 'refused', reason: 'refuse.attachment.not-attachable' },
    });
    const read = await app.ask('GET', given.headers.get('location') ?? '', { as: 'admin' });
    expect(read.json).toMatchObject({ operation: 'attach', status: 'refused', requestedBy: 'admin' });
    const listed = await app.ask('GET', '/api/attachments', { as: 'admin' });
    expect(listed.json['attachments']).toHaveLength(1);
    expect((await app.ask('GET', '/api/attachments/nothing', { as: 'admin' })).status).toBe(404);
  });

  it('never shows where secrets lie, nor what is sent', async () => {
    const app = await appUnderTest({ workspaces });
    const requestId = `a${'0'.repeat(24)}`;
    await insertAttachmentRequest(app.ledger, {
      requestId,
      operation: 'attach',
      ref: parseComputeRef({
        subscription: subscriptionId,
        resourceGroup: 'rg',
        workspace: 'ws1',
        compute: 'dbx',
      }),
      requestedBy: { objectId: parseObjectId(person.admin), name: 'root' },
      requestedAt: startAt,
      change: null,
      wanted: {
        kind: 'Databricks',
        body: { location: 'x', tags: {}, properties: { computeType: 'Databricks' } },
        secrets: { accessToken: 'https://team.vault.azure.net/secrets/dbx' },
      },
      oldSecrets: {},
      newSecrets: {},
      acceptsNoWayBack: false,
      status: 'attaching',
      reason: null,
      sentence: '',
      refusals: [],
      old: null,
      claims: [],
      askedAt: null,
      tries: 0,
      sinceAt: startAt,
      updatedAt: startAt,
      endedAt: null,
    });
    const read = await app.ask('GET', `/api/attachments/${requestId}`, { as: 'admin' });
    expect([read.status, read.text.includes('vault')]).toEqual([200, false]);
  });
});

describe('the catalogue', () => {
  it('lists every target with what it is for, and why some cannot be attached', async () => {
    const app = await appUnderTest();
    const { json } = await app.ask('GET', '/api/targets', { as: 'admin' });
    const kinds = (json['targets'] as { kind: string; attachable: boolean; because: string | null }[]).map(
      ({ kind, attachable, because }) => [kind, attachable === (because === null)],
    );
    expect(kinds).toHaveLength(15);
    expect(kinds.every(([, consistent]) => consistent)).toBe(true);
  });
});
