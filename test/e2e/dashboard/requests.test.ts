import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWebAssets } from '../../../scripts/build.ts';
import type { WebAssets } from '../../../src/present/web-assets.ts';
import { hasBrowser, launchBrowser, watchedPage } from '../../support/browser.ts';
import { minute, type ProvisionWorld, provisionWorld, type Who } from '../../support/provision-world.ts';

const policy = 'version: 1\nquotas: [ { per: user, cores: 16 } ]\napprovals: [ { match: { gpu: true } } ]\n';

async function chooseSize(page: Page, size: string): Promise<void> {
  await page.getByRole('button', { name: 'Ask for a machine' }).click();
  await page.getByLabel('Workspace').selectOption('ws1');
  await page.getByLabel('Size').selectOption(size);
}

describe.skipIf(!hasBrowser)('asking for machines in a browser', () => {
  let browser: Browser;
  let assets: WebAssets;
  let world: ProvisionWorld;
  let origin: string;

  beforeAll(async () => {
    assets = await buildWebAssets();
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    world = await provisionWorld({ policy, assets });
    origin = await world.listen();
  });

  async function open(as: Who, query = '', width = 1000): Promise<Page> {
    const page = await watchedPage(browser, width);
    await page.goto(`${origin}/api/dashboard${query}#token=${await world.tokenOf(as)}`);
    await page.waitForSelector('#requests');
    return page;
  }
  const asked = async (as: Who = 'ada'): Promise<readonly Record<string, unknown>[]> =>
    (await world.ask('GET', '/api/requests', { as })).json['requests'] as Record<string, unknown>[];

  it('shows what a request would meet before it is sent, and its progress afterwards', async () => {
    const page = await open('ada');
    await chooseSize(page, 'Standard_NC6s_v3');
    await page.getByText('There is room for it once somebody agrees.').waitFor();
    await page.getByText('the policy asks for it (with GPU)').waitFor();
    expect(await asked()).toEqual([]);

    await page.getByText('Name, SSH, network').click();
    await page.getByLabel('Name', { exact: true }).fill('ci-gpu');
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.locator('article', { hasText: 'waits for approval' }).waitFor();
    expect(await page.locator('dialog').count()).toBe(0);
    expect(await asked()).toMatchObject([{ status: 'awaiting-approval', asked: { name: 'ci-gpu' } }]);
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('says why it would be refused', async () => {
    const page = await open('ada');
    await chooseSize(page, 'Standard_D64s_v3');
    await page.getByText('It would be refused.').waitFor();
    expect(await page.locator('.verdict').textContent()).toContain('the limit is 16');
  });

  it('shows every fault at its field, and the first gets the keyboard', async () => {
    const page = await open('ada');
    await page.getByRole('button', { name: 'Ask for a machine' }).click();
    await page.getByRole('button', { name: 'Ask for it' }).click();
    expect(await page.locator('#ask-workspace-error').textContent()).toBe('Choose a workspace.');
    expect(await page.locator('#ask-size-error').textContent()).toBe('Choose a size.');

    await page.getByLabel('Workspace').selectOption('ws1');
    await page.getByLabel('Size').selectOption('Standard_DS3_v2');
    await page.getByText('Name, SSH, network').click();
    await page.getByLabel('SSH public key').fill('-----BEGIN PRIVATE KEY-----');
    await page.getByLabel('Azure’s own idle shutdown').fill('5m');
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.getByText('a private key must never be sent').waitFor();
    expect(await page.locator('#ask-idle-error').textContent()).toContain('15m to 3d');
    expect(await page.evaluate('document.activeElement.id')).toBe('ask-key');
    expect(await page.locator('#ask-key').getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('#ask-workspace').getAttribute('aria-invalid')).toBe('false');

    await page.getByLabel('SSH public key').fill('');
    await page.getByLabel('Azure’s own idle shutdown').fill('');
    await page.getByLabel('Name', { exact: true }).fill('x');
    await page.getByRole('button', { name: 'Ask for it' }).click();
    await page.getByText('"x" cannot be the name of an instance').first().waitFor();
    expect(await page.locator('#ask-name-error').textContent()).toContain('needs 3 to 24');
  });

  it('is decided by an approver with a word, opened by the link of a message', async () => {
    await world.request('ada', { vmSize: 'Standard_NC6s_v3', name: 'ci-gpu' });
    await world.runFor(minute);
    const look = world.messages[0]?.links.find(({ label }) => label === 'Look at it')?.path ?? '';
    const page = await open('cleo', look.replace('/api/dashboard', ''));
    await page.getByText('Waiting for your decision').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toMatch(/^request-r/);

    await page.getByRole('button', { name: 'Reject' }).click();
    await page.getByLabel('Why').fill('<b>use a small one</b>');
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.locator('#notice', { hasText: 'Rejected by cleo' }).waitFor();
    expect(await asked()).toMatchObject([{ status: 'rejected' }]);
    const ada = await open('ada');
    await ada.getByText('cleo rejected: <b>use a small one</b>').waitFor();
  });

  it('is approved by the signed link of a message, in two steps and once', async () => {
    await world.request('ada', { vmSize: 'Standard_NC6s_v3', name: 'ci-gpu' });
    await world.runFor(minute);
    const link = world.messages[0]?.links.find(({ label }) => label === 'Approve')?.path ?? '';
    const query = link.replace('/api/dashboard', '');
    const own = await open('ada', query);
    await own.getByText('cannot decide about it').waitFor();
    const page = await open('dan', query);
    await page.getByText('Approve this request?').waitFor();
    expect(await asked()).toMatchObject([{ status: 'awaiting-approval' }]);
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await page.locator('#notice', { hasText: 'is being made' }).waitFor();
    await world.runFor(20 * minute);
    expect(await asked()).toMatchObject([{ status: 'completed' }]);
    const late = await open('cleo', query);
    await late.getByText('each works once').waitFor();
  });

  it('is cancelled by whoever asked, after a question', async () => {
    await world.request('ada', { vmSize: 'Standard_NC6s_v3' });
    const page = await open('ada');
    await page.getByRole('button', { name: 'Cancel the request' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Never mind' }).click();
    expect(await asked()).toMatchObject([{ status: 'awaiting-approval' }]);
    await page.getByRole('button', { name: 'Cancel the request' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the request' }).click();
    await page.locator('#notice', { hasText: 'Cancelled by ada' }).waitFor();
  });

  it('shows nothing of a request that is somebody else’s', async () => {
    const reply = await world.request('ada', { vmSize: 'Standard_NC6s_v3' });
    const page = await open('bob', `?request=${String(reply.json['requestId'])}`);
    await page.getByText('There is no such request that you may see.').waitFor();
    expect(await page.locator('article').count()).toBe(0);
  });

  it('fits a phone, with the form open', async () => {
    await world.request('ada', { vmSize: 'Standard_NC6s_v3' });
    const page = await open('ada', '', 360);
    await page.getByRole('button', { name: 'Ask for a machine' }).click();
    await page.getByText('Name, SSH, network').click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const dialog = await page.locator('dialog').boundingBox();
    expect(dialog?.width ?? 999).toBeLessThanOrEqual(360);
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Ask for a machine');
  });
});
