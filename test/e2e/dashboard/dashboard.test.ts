import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWebAssets } from '../../../scripts/build.ts';
import { hmacSeal } from '../../../src/adapters/links/hmac-seal.ts';
import { linkText } from '../../../src/core/links/action-link.ts';
import { pagePathOf } from '../../../src/fleet/tell.ts';
import type { WebAssets } from '../../../src/present/web-assets.ts';
import { readEnrolment } from '../../../src/ledger/enrolments.ts';
import { readWish, writeWish } from '../../../src/ledger/after-job-wishes.ts';
import { isHalted } from '../../../src/ledger/flags.ts';
import { openSaving } from '../../../src/ledger/savings.ts';
import { readSnooze, writeSnooze } from '../../../src/ledger/snoozes.ts';
import {
  type AppUnderTest,
  appUnderTest,
  type PersonName,
  startAt,
  testSettings,
} from '../../support/app-under-test.ts';
import { hasBrowser, launchBrowser, watchedPage } from '../../support/browser.ts';
import { durableRecorder } from '../../support/durable-recorder.ts';
import { knowCompute, knowFinding, personOf, refOf } from '../../support/known-compute.ts';

const keepLink = (name: PersonName, minutesLess = 0): string =>
  hmacSeal(testSettings().linkKeys).seal(
    linkText({
      action: 'keep',
      subject: { kind: 'compute', ref: refOf('ci-ada'), of: null },
      person: personOf(name).objectId,
      expiresAt: startAt + 3_600_000 - minutesLess * 60_000,
    }),
  ) ?? '';

describe.skipIf(!hasBrowser)('the dashboard in a browser', () => {
  let browser: Browser;
  let assets: WebAssets;
  let app: AppUnderTest;
  let origin: string;

  beforeAll(async () => {
    assets = await buildWebAssets();
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    app = await appUnderTest({}, testSettings(), assets);
    await durableRecorder(app.app);
    origin = await app.listen();
  });

  /** The page as this person sees it; whatever the browser complains of fails the test. */
  async function open(as: PersonName | null, query = '', width = 1000): Promise<Page> {
    const page = await watchedPage(browser, width);
    const token = as === null ? '' : `#token=${await app.tokenOf(as)}`;
    await page.goto(`${origin}/api/dashboard${query}${token}`);
    await page.waitForSelector('section');
    return page;
  }

  it('asks whoever is not signed in to do so, and sends them back to what they came for', async () => {
    const page = await open(null, '?act=some-link');

    const signIn = page.getByRole('link', { name: 'Sign in with Entra' });
    expect(await signIn.getAttribute('href')).toContain(encodeURIComponent('/api/dashboard?act=some-link'));
  });

  it('takes the token out of the address and shows a user their own computes with the reasons', async () => {
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    await knowCompute(app.ledger, 'ci-bob', 'bob');
    const page = await open('ada');
    const shown = await page.textContent('#page');

    expect(page.url()).toBe(`${origin}/api/dashboard`);
    expect(shown).toContain('ci-ada');
    expect(shown).toContain('Kept: ');
    expect(shown).not.toContain('ci-bob');
    expect(await page.getByRole('button', { name: 'Halt everything' }).count()).toBe(0);
  });

  it('shows names as text, whatever they contain', async () => {
    const why = '<img src=x onerror="document.title=1">';
    await knowCompute(app.ledger, 'ci-ada', 'ada', {
      reason: 'keep.exempt',
      facts: { until: startAt + 86_400_000, why },
    });
    const page = await open('ada');

    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.title()).toBe('Lamplighter');
  });

  it('keeps a compute for the time that is chosen', async () => {
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    const page = await open('ada');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('button', { name: '2h', exact: true }).click();
    await page.getByText('is left running for 2h').waitFor();

    expect((await readSnooze(app.ledger, refOf('ci-ada'), startAt))?.until).toBe(startAt + 7_200_000);
    expect(await page.textContent('#page')).toContain('kept until');
  });

  it('offers to stop an instance after its job, and to take that back', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada', { reason: 'keep.active.job' });
    const page = await open('ada');
    expect(await page.getByRole('button', { name: 'Stop it after its job', exact: true }).count()).toBe(1);
    await writeWish(app.ledger, {
      wishId: 'w1',
      ref,
      owner: personOf('ada'),
      job: 'train',
      by: 'ada',
      askedAt: startAt,
      quietForMs: 600_000,
      untilAt: startAt + 86_400_000,
      jobEndedAt: null,
      clearAt: null,
      saidUnknownAt: null,
      endedAt: null,
      outcome: null,
      untold: null,
    });
    await page.reload();
    await page.getByText('stops once quiet for 10 min after job train, as ada asked').waitFor();
    await page.getByRole('button', { name: 'Do not stop it after its job' }).click();
    await page.getByText('is not stopped after its job.').waitFor();
    expect((await readWish(app.ledger, ref))?.wish.outcome).toBe('withdrawn');
  });

  it('opened by the link of a message asks first, and changes nothing by being opened', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    const query = `${pagePathOf(ref).replace('/api/dashboard', '')}&do=snooze`;
    const page = await open('ada', query);
    await page.getByText('leave it running for how long?').waitFor();

    expect(await readSnooze(app.ledger, ref, startAt)).toBeNull();
    await page.getByRole('button', { name: '1h', exact: true }).click();
    await page.getByText('is left running for 1h').waitFor();
    expect(await readSnooze(app.ledger, ref, startAt)).not.toBeNull();
  });

  it('opened by an invitation gives the line for the agent only when the button is pressed', async () => {
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada');
    const query = `${pagePathOf(ref).replace('/api/dashboard', '')}&do=enrol`;
    const page = await open('ada', query);
    const button = page.getByRole('button', { name: 'Give me the line' });
    await button.waitFor();

    expect((await readEnrolment(app.ledger, ref)).enrolment.codes).toEqual([]);
    await button.click();
    expect(await page.locator('pre').first().textContent()).toMatch(
      new RegExp(`^curl -fsSL ${origin}/api/agent \\| sudo sh -s -- ([0-9A-Z]{5}-){4}[0-9A-Z]{5}$`),
    );
    expect(await page.locator('dialog').textContent()).toContain('single sign-on');
    expect((await readEnrolment(app.ledger, ref)).enrolment.codes).toHaveLength(1);
  });

  it('opened by a signed link shows what would be done, and does it once the button is pressed', async () => {
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    const link = keepLink('ada');
    const page = await open('ada', `?act=${link}`);
    await page.getByText('Keep ci-ada running?').waitFor();

    expect(page.url()).not.toContain('act=');
    expect(await readSnooze(app.ledger, refOf('ci-ada'), startAt)).toBeNull();
    await page.getByRole('button', { name: '4h', exact: true }).click();
    await page.getByText('ci-ada is left running for 4h').waitFor();
    expect((await readSnooze(app.ledger, refOf('ci-ada'), startAt))?.until).toBe(startAt + 14_400_000);

    const again = await open('ada', `?act=${link}`);
    await again.getByText('each works once').waitFor();
    const other = await open('bob', `?act=${keepLink('ada', 1)}`);
    await other.getByText('made for somebody else').waitFor();
    expect(await other.locator('dialog').count()).toBe(0);
  });

  it('offers "I was using it" where Lamplighter stopped it, and not where somebody else did', async () => {
    const off = { reason: 'keep.not-running', facts: { state: 'Stopped' } } as const;
    const ref = await knowCompute(app.ledger, 'ci-ada', 'ada', off);
    await knowCompute(app.ledger, 'ci-own', 'ada', off);
    await openSaving(app.ledger, {
      ref,
      warningId: 'w-1',
      owner: personOf('ada'),
      vmSize: null,
      reason: 'stop.idle',
      stopRequestedAt: startAt - 3_600_000,
      stoppedAt: startAt - 3_600_000,
      pricePerHourUsd: 1,
      startedAt: null,
      regret: null,
    });
    const page = await open('ada');
    const button = page.getByRole('button', { name: 'I was using it' });

    expect(await button.count()).toBe(1);
    expect(await button.getAttribute('aria-describedby')).toBe('compute-ws-one-ci-ada');
    await button.click();
    await page.getByText('Noted.').waitFor();
    await expect.poll(() => button.count()).toBe(0);
  });

  it('keeps the keyboard where it is, and what is unfolded, when it draws itself anew', async () => {
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    await knowCompute(app.ledger, 'ci-eve', 'ada');
    const page = await open('ada');
    await page.getByText('Limits and what').click();
    const more = page.getByRole('row', { name: 'ci-eve' }).getByRole('button', { name: 'More…' });
    await more.focus();
    await writeSnooze(app.ledger, { ref: refOf('ci-ada'), until: startAt + 60_000, at: startAt, by: 'ada' });
    await page.clock.runFor(16_000);
    await page.getByText('kept until').waitFor();

    expect(await page.evaluate('document.activeElement.getAttribute("aria-describedby")')).toBe(
      'compute-ws-one-ci-eve',
    );
    expect(await page.evaluate('document.querySelector("#quota details").open')).toBe(true);
  });

  it('shows what an admin may accept until a date, and to others only what it is', async () => {
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    const { sentence } = await knowFinding(app.ledger);
    const admin = await open('admin');
    await admin.locator('#findings summary').click();
    await admin.getByRole('button', { name: 'Accept until a date' }).click();
    await admin.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
    expect(await admin.getByRole('dialog').textContent()).toContain('Say until when.');
    await admin.getByLabel('Until').fill('2026-03-09');
    await admin.getByLabel('Why').fill('until the move');
    await admin.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
    await admin.getByText('1 accepted for now').waitFor();
    const ada = await open('ada');
    expect(await ada.getByRole('button', { name: 'Accept until a date' }).count()).toBe(0);
    expect(await ada.textContent('#findings')).toContain('accepted by admin');
    expect(await ada.textContent('#findings')).toContain(sentence);
  });

  it('says why something was refused and what to try', async () => {
    const ref = await knowCompute(app.ledger, 'ci-bob', 'bob');
    const query = `${pagePathOf(ref).replace('/api/dashboard', '')}&do=snooze`;
    const page = await open('ada', query);
    await page.getByRole('button', { name: '1h', exact: true }).click();

    await page.locator('#notice', { hasText: 'Check the name.' }).waitFor();
    expect(await page.locator('dialog').count()).toBe(0);
  });

  it('lets an admin halt everything and resume, and everybody see it', async () => {
    await knowCompute(app.ledger, 'ci-ada', 'ada');
    const page = await open('admin');
    await page.getByRole('button', { name: 'Halt everything' }).click();
    await page.locator('.banner').waitFor();

    expect(await isHalted(app.ledger)).toBe(true);
    expect(await (await open('ada')).locator('.banner').textContent()).toContain(
      'Nothing is written to Azure',
    );
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Halt everything' }).waitFor();
    expect(await isHalted(app.ledger)).toBe(false);
  });

  it('fits a phone without scrolling sideways', async () => {
    await knowCompute(app.ledger, `ci-${'long'.repeat(12)}`, 'ada');
    const page = await open('ada', '', 360);

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });
});
