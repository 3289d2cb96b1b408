import { beforeEach, describe, expect, it } from 'vitest';
import { hmacSeal } from '../../../src/adapters/links/hmac-seal.ts';
import { linkFor } from '../../../src/fleet/link-for.ts';
import { type ActionLink, linkText } from '../../../src/core/links/action-link.ts';
import { readOpenFinding } from '../../../src/ledger/findings.ts';
import { openSaving, readSavings } from '../../../src/ledger/savings.ts';
import { readSnooze } from '../../../src/ledger/snoozes.ts';
import type { Message } from '../../../src/ports/notifier.ts';
import {
  type AppUnderTest,
  appUnderTest,
  type PersonName,
  startAt,
  testSettings,
} from '../../support/app-under-test.ts';
import { durableRecorder } from '../../support/durable-recorder.ts';
import { EntraTenant } from '../../support/entra-tenant.ts';
import { knowCompute, knowFinding, personOf, refOf } from '../../support/known-compute.ts';
import {
  hour,
  minute,
  type ProvisionWorld,
  provisionWorld,
  type Who,
} from '../../support/provision-world.ts';

const settings = testSettings();
const seal = hmacSeal(settings.linkKeys);
const subject = { kind: 'compute', ref: refOf('ci-ada'), of: null } as const;
const keepLink = (changes: Partial<ActionLink> = {}): string =>
  seal.seal(
    linkText({
      action: 'keep',
      subject,
      person: personOf('ada').objectId,
      expiresAt: startAt + hour,
      ...changes,
    }),
  ) ?? '';

describe('the link of a message to an owner', () => {
  let app: AppUnderTest;
  const show = (link: string, as: PersonName = 'ada') =>
    app.ask('GET', `/api/links?link=${encodeURIComponent(link)}`, { as });
  const use = (link: string, as: PersonName = 'ada', more: object = { for: '2h' }) =>
    app.ask('POST', '/api/links', { as, body: { link, ...more } });
  const snoozedUntil = async () =>
    (await readSnooze(app.ledger, subject.ref, app.clock.now()))?.until ?? null;

  beforeEach(async () => {
    app = await appUnderTest({}, settings);
    await durableRecorder(app.app);
    await knowCompute(app.ledger, 'ci-ada', 'ada');
  });

  it('shows what would be done when it is followed, as often as one likes, and does it only when it is sent', async () => {
    for (let times = 0; times < 3; times += 1) {
      const shown = await show(keepLink());
      expect(shown.json).toMatchObject({ action: 'keep', title: 'Keep ci-ada running?', asks: 'duration' });
    }
    expect(await snoozedUntil()).toBeNull();

    const used = await use(keepLink());
    expect([used.status, used.json['sentence']]).toEqual([
      200,
      'ci-ada is left running for 2h, until 10:00 UTC.',
    ]);
    expect(await snoozedUntil()).toBe(startAt + 2 * hour);
  });

  it('works once, and says so afterwards', async () => {
    await use(keepLink());
    app.clock.advanceTo(startAt + minute);
    for (const reply of [await use(keepLink()), await show(keepLink())]) {
      expect([reply.status, reply.json['code'], reply.json['detail']]).toEqual([
        409,
        'link.used',
        'You used this link at 08:00 UTC; each works once.',
      ]);
    }
    expect(await snoozedUntil()).toBe(startAt + 2 * hour);
  });

  it('works once though it is sent many times at the same moment to several processes', async () => {
    const tenant = await EntraTenant.create(settings.tenantId);
    const ports = { ledger: app.ledger, clock: app.clock, signingKeys: tenant.keys };
    const processes = [await appUnderTest(ports, settings), await appUnderTest(ports, settings)] as const;
    for (const { app: functions } of processes) await durableRecorder(functions);
    const { objectId: oid, name } = personOf('ada');
    const token = await tenant.sign(tenant.claims(startAt, { oid, name, roles: ['Lamplighter.User'] }));
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        processes[index % 2 === 0 ? 0 : 1].ask('POST', '/api/links', {
          token,
          body: { link: keepLink(), for: `${index + 1}h` },
        }),
      ),
    );
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    expect(await snoozedUntil()).toBe(startAt + (statuses.indexOf(200) + 1) * hour);
  });

  it.each([
    ['somebody else, were it an admin', 'admin', {}, 403, 'link.other-person'],
    ['somebody else', 'bob', {}, 403, 'link.other-person'],
    ['its person after it has expired', 'ada', { expiresAt: startAt }, 410, 'link.expired'],
    [
      'its person, about what is not theirs',
      'ada',
      { subject: { ...subject, ref: refOf('ci-bob') } },
      404,
      'compute.not-found',
    ],
    ['anybody who has no right to its deed', 'bob', { person: null }, 404, 'compute.not-found'],
  ] as const)('changes nothing when used by %s', async (_, as, changes, status, code) => {
    await knowCompute(app.ledger, 'ci-bob', 'bob');
    for (const reply of [await show(keepLink(changes), as), await use(keepLink(changes), as)]) {
      expect([reply.status, reply.json['code'], reply.headers.get('content-type')]).toEqual([
        status,
        code,
        'application/problem+json',
      ]);
    }
    expect(await snoozedUntil()).toBeNull();
    expect(await readSnooze(app.ledger, refOf('ci-bob'), startAt)).toBeNull();
  });

  it('is refused when anything in it was changed, sealed elsewhere, or made up', async () => {
    const link = keepLink();
    const elsewhere = hmacSeal(
      testSettings({ LAMPLIGHTER_LINK_KEY: Buffer.alloc(32, 'x').toString('base64') }).linkKeys,
    );
    const [payload = '', mac = ''] = link.split('.');
    const forged = Buffer.from(
      linkText({ action: 'keep', subject, person: null, expiresAt: startAt * 2 }),
    ).toString('base64url');
    for (const bad of [
      `${forged}.${mac}`,
      `${payload}.${mac.slice(1)}A`,
      payload,
      'x',
      elsewhere.seal('{}') ?? '',
      seal.seal('{}') ?? '',
    ]) {
      const reply = await use(bad);
      expect([reply.status, reply.json['code']]).toEqual([400, 'link.invalid']);
    }
    expect(await snoozedUntil()).toBeNull();
  });

  it('needs a sign-in, and is good still when what was asked with it was refused', async () => {
    expect((await app.ask('GET', `/api/links?link=${keepLink()}`)).status).toBe(401);
    expect((await app.ask('POST', '/api/links', { body: { link: keepLink(), for: '1h' } })).status).toBe(401);
    expect((await use(keepLink(), 'ada', { for: '300d' })).json['code']).toBe('snooze.too-long');
    expect((await use(keepLink(), 'ada', {})).json['code']).toBe('request.invalid');
    expect((await use(keepLink(), 'ada', { for: 'soon' })).json['code']).toBe('request.invalid');
    expect((await use(keepLink())).status).toBe(200);
  });

  it('of the key before opens while that is in the settings', async () => {
    const changed = await appUnderTest(
      { ledger: app.ledger },
      testSettings({
        LAMPLIGHTER_LINK_KEY: Buffer.alloc(32, 'new').toString('base64'),
        LAMPLIGHTER_LINK_KEY_BEFORE: settings.linkKeys[0]?.reveal() ?? '',
      }),
    );
    const reply = await changed.ask('GET', `/api/links?link=${keepLink()}`, { as: 'ada' });
    expect(reply.status).toBe(200);
  });

  it('says of the stop that it was sent about, and of no other, that it was wrong', async () => {
    const stop = (warningId: string, stoppedAt: number) =>
      openSaving(app.ledger, {
        ref: subject.ref,
        warningId,
        owner: personOf('ada'),
        vmSize: null,
        reason: 'stop.idle',
        stopRequestedAt: stoppedAt,
        stoppedAt,
        pricePerHourUsd: 1,
        startedAt: null,
        regret: null,
      });
    await stop('w-first', startAt - 5 * hour);
    await stop('w-second', startAt - hour);
    const used = await use(keepLink({ action: 'regret', subject: { ...subject, of: 'w-first' } }), 'ada', {});
    expect(used.json['sentence']).toContain('the stop of ci-ada at 03:00 UTC counts');
    const regretted = (await readSavings(app.ledger, subject.ref)).filter(
      ({ saving }) => saving.regret !== null,
    );
    expect(regretted.map(({ saving }) => saving.warningId)).toEqual(['w-first']);
    const unknown = await use(
      keepLink({ action: 'regret', subject: { ...subject, of: 'w-none' } }),
      'ada',
      {},
    );
    expect([unknown.status, unknown.json['code']]).toEqual([409, 'regret.no-stop']);
  });
});

const linksOf = (message: Message | undefined): Record<string, string> =>
  Object.fromEntries((message?.links ?? []).map(({ label, path }) => [label, path]));

describe('the link that asks for consent to a deletion', () => {
  it('records the consent of the owner for that finding, and of nobody else', async () => {
    const app = await appUnderTest({}, settings);
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    const { findingId, sentence } = await knowFinding(app.ledger, {
      kind: 'delete',
      createdAt: startAt - 90 * 24 * hour,
    });
    const link = keepLink({
      action: 'consent-deletion',
      subject: { ...subject, of: findingId },
      person: null,
    });
    const use = (as: PersonName, one = link) => app.ask('POST', '/api/links', { as, body: { link: one } });
    const consentNow = async () =>
      (await readOpenFinding(app.ledger, 'instance.forgotten', { kind: 'compute', ref: subject.ref }))?.record
        .consent ?? null;

    const shown = await app.ask('GET', `/api/links?link=${link}`, { as: 'ada' });
    expect(shown.json).toMatchObject({ title: 'May ci-ada be deleted?', danger: true });
    expect(shown.json['sentence']).toContain(sentence);
    expect((await use('bob')).json).toMatchObject({ status: 404, code: 'finding.not-found' });
    const other = keepLink({ action: 'consent-deletion', subject: { ...subject, of: 'f-other' } });
    expect((await use('ada', other)).json).toMatchObject({ code: 'finding.not-found' });
    expect(await consentNow()).toBeNull();
    expect((await use('ada')).json['sentence']).toBe(
      'ci-ada may be deleted until 2026-03-09 08:00 UTC, as long as it stays off.',
    );
    expect(await consentNow()).toMatchObject({ by: personOf('ada'), createdAt: startAt - 90 * 24 * hour });
  });
});

describe('the links of a message to approvers', () => {
  let world: ProvisionWorld;
  let links: Record<string, string>;
  const act = (as: Who, label: string, more: object = {}) =>
    world.ask('POST', '/api/links', {
      as,
      body: { link: links[label]?.replace('/api/dashboard?act=', ''), ...more },
    });
  const votes = async () =>
    (await world.requestOf(String(asked))).votes.map(({ by, vote }) => [by.name, vote]);
  let asked: unknown;

  beforeEach(async () => {
    world = await provisionWorld({
      policy: 'version: 1\napprovals: [ { match: { gpu: true }, approvers: 2 } ]\n',
    });
    asked = (await world.request('ada', { vmSize: 'Standard_NC6s_v3', name: 'ci-gpu' })).json['requestId'];
    await world.runFor(minute);
    links = linksOf(world.messages[0]);
  });

  it('are signed, one for each deed, beside one that only looks', () => {
    expect(Object.keys(links)).toEqual(['Approve', 'Reject', 'Look at it']);
    expect(links['Approve']).toMatch(/^\/api\/dashboard\?act=[\w-]+\.[\w-]{43}$/);
    expect(links['Look at it']).toBe(`/api/dashboard?request=${String(asked)}`);
  });

  it('approve as an approver, never as whoever asked or a stranger', async () => {
    expect((await act('ada', 'Approve')).json).toMatchObject({ status: 403, code: 'approval.own-request' });
    expect((await act('bob', 'Approve')).json).toMatchObject({ status: 404, code: 'request.not-found' });
    expect(await votes()).toEqual([]);
    const approved = await act('cleo', 'Approve', { comment: 'fine' });
    expect([approved.status, approved.json['sentence']]).toEqual([
      200,
      expect.stringContaining('1 more must agree'),
    ]);
    expect(await votes()).toEqual([['cleo', 'approve']]);
  });

  it('work once for all: whoever comes second finds fresh ones in the message that asks for another yes', async () => {
    await act('cleo', 'Approve');
    const second = await act('dan', 'Approve');
    expect([second.status, second.json['code']]).toEqual([409, 'link.used']);
    expect(second.json['detail']).not.toContain('cleo');
    await world.runFor(minute);
    expect(world.messages.at(-1)?.title).toBe('A request needs another approval');
    links = linksOf(world.messages.at(-1));
    expect((await act('dan', 'Approve')).status).toBe(200);
    await world.runFor(20 * minute);
    expect((await world.requestOf(String(asked))).status).toBe('completed');
  });

  it('reject with a word for whoever asked, and are in vain once it is over', async () => {
    expect((await act('dan', 'Reject', { comment: 'too large' })).json['sentence']).toBe(
      'Rejected by dan: too large',
    );
    expect((await act('cleo', 'Approve')).json).toMatchObject({ status: 409, code: 'request.conflict' });
  });
});

describe('without a key for links', () => {
  it('messages link to the page alone', () => {
    const ports = { linkSeal: hmacSeal([]), clock: { now: () => startAt } };
    const made = linkFor({ ports, scope: settings.scope } as never, {
      label: 'Not now',
      otherwise: '/api/dashboard?compute=x&do=snooze',
      action: 'keep',
      subject,
      person: null,
      expiresAt: startAt + hour,
    });
    expect(made).toEqual({ label: 'Not now', path: '/api/dashboard?compute=x&do=snooze' });
  });
});
