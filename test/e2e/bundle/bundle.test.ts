import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../../scripts/build.ts';

type Registered = { readonly name: string; readonly bindings: readonly { readonly type: string }[] };
type Loaded = {
  readonly functions: readonly Registered[];
  readonly foreign: readonly string[];
  readonly sdks: readonly string[];
  readonly sdksLoadedWithTheApp: boolean;
  readonly empty: readonly string[];
  readonly survived: boolean;
};

const settings = {
  LAMPLIGHTER_SUBSCRIPTIONS: '11111111-0000-4000-8000-000000000001',
  LAMPLIGHTER_POLICY: 'policy.yaml',
  LAMPLIGHTER_TENANT_ID: '22222222-0000-4000-8000-000000000002',
  LAMPLIGHTER_AUDIENCE: 'api://lamplighter',
  LAMPLIGHTER_LEDGER_ENDPOINT: 'https://ledger.table.core.windows.net',
};

const triggerOf = ({ bindings }: Registered): string =>
  bindings.find((binding) => binding.type.endsWith('Trigger'))?.type ?? 'none';
const namesBy = (loaded: Loaded, type: string): string[] =>
  loaded.functions
    .filter((one) => triggerOf(one) === type)
    .map((one) => one.name)
    .sort();

describe('the bundle, in a process that supplies @azure/functions-core and nothing else', () => {
  // Outside the checkout no node_modules can help out.
  let folder = '';
  let bundle = '';
  const load = async (environment: Record<string, string>): Promise<Loaded & { readonly errors: string }> => {
    const loader = join(import.meta.dirname, 'load-bundle.cjs');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [loader, bundle], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
    });
    return { ...(JSON.parse(stdout) as Loaded), errors: stderr };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lamplighter-bundle-'));
    bundle = await buildApp(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('registers exactly the functions of the app', async () => {
    const loaded = await load(settings);

    expect(namesBy(loaded, 'httpTrigger')).toEqual([
      'httpAgent',
      'httpAgentEnrol',
      'httpAgentKey',
      'httpAgentLeave',
      'httpAgentScript',
      'httpAttach',
      'httpAttachmentsList',
      'httpAttachmentsRead',
      'httpBatchesList',
      'httpBatchesRelease',
      'httpCampaignsConsent',
      'httpCampaignsCreate',
      'httpCampaignsEnd',
      'httpCampaignsList',
      'httpCampaignsRead',
      'httpCampaignsRefuse',
      'httpComputesList',
      'httpComputesRead',
      'httpDashboard',
      'httpDashboardScript',
      'httpDashboardStyle',
      'httpDetach',
      'httpEnrolmentCreate',
      'httpEnrolmentEnd',
      'httpEnrolmentRead',
      'httpFindingsAccept',
      'httpFindingsConsent',
      'httpFindingsConsentWithdraw',
      'httpFindingsList',
      'httpHalt',
      'httpHaltRead',
      'httpHealth',
      'httpInstancesDelete',
      'httpInstancesDetails',
      'httpInstancesRecreate',
      'httpInstancesResize',
      'httpInstancesRestart',
      'httpInstancesStart',
      'httpInstancesStop',
      'httpInvitations',
      'httpLinksShow',
      'httpLinksUse',
      'httpOpenApi',
      'httpPolicyApprove',
      'httpPolicyRead',
      'httpPolicySchema',
      'httpQuotaCheck',
      'httpQuotaRead',
      'httpQuotaSetAzure',
      'httpReattach',
      'httpRegret',
      'httpReports',
      'httpRequestsApprove',
      'httpRequestsCancel',
      'httpRequestsCreate',
      'httpRequestsList',
      'httpRequestsRead',
      'httpRequestsReject',
      'httpRequestsWait',
      'httpResume',
      'httpSizes',
      'httpSnooze',
      'httpSnoozeEnd',
      'httpStopAfterJob',
      'httpStopAfterJobEnd',
      'httpStopAfterJobRead',
      'httpSummary',
      'httpSweepsBegin',
      'httpSweepsList',
      'httpSweepsRead',
      'httpTargets',
      'httpWaitingList',
      'httpWaitingListConfirm',
      'httpWaitingListLeave',
      'httpWorkspaces',
    ]);
    expect(namesBy(loaded, 'timerTrigger')).toEqual(['pruneTimer', 'requestTimer', 'sweepTimer']);
    expect(namesBy(loaded, 'eventGridTrigger')).toEqual(['computeEvents']);
    expect(namesBy(loaded, 'orchestrationTrigger')).toEqual([
      'attachment',
      'detachDuplicate',
      'provision',
      'reconcile',
      'recreate',
      'start',
      'stop',
      'sweep',
    ]);
    expect(namesBy(loaded, 'activityTrigger')).toEqual([
      'adoptPolicy',
      'checkWarning',
      'comparePolicies',
      'concludeSweep',
      'confirmStop',
      'createInstance',
      'endRecreation',
      'endRequest',
      'endWarning',
      'evaluateGroup',
      'openWarning',
      'planSweep',
      'reconcileCompute',
      'removeOld',
      'secondLook',
      'settleRequest',
      'startInstance',
      'startStops',
      'stepAttachment',
      'stepRemedy',
      'takeWayBack',
      'undoStep',
      'watchApproval',
      'watchCreation',
      'weighFailure',
    ]);
    expect([...new Set(loaded.functions.map(triggerOf))].toSorted()).toEqual([
      'activityTrigger',
      'eventGridTrigger',
      'httpTrigger',
      'orchestrationTrigger',
      'timerTrigger',
    ]);
  });

  it('asks for no package, and for the SDKs only when Azure is spoken with', async () => {
    const loaded = await load(settings);

    expect(loaded.foreign).toEqual([]);
    expect(loaded.sdksLoadedWithTheApp).toBe(false);
    expect(loaded.sdks).toHaveLength(5);
    expect(loaded.empty).toEqual([]);
  });

  it('outlives a promise that nobody waited for', async () => {
    const loaded = await load(settings);

    expect(loaded.survived).toBe(true);
    expect(loaded.errors).toContain('nobody waited for this');
  });

  it.each([
    ['are missing', {}, 'LAMPLIGHTER_TENANT_ID'],
    [
      'are refused only by what they are for',
      { ...settings, LAMPLIGHTER_TEAMS_WEBHOOK_URL: 'https://hooks.example.com/?sig=do-not-print' },
      'LAMPLIGHTER_TEAMS_WEBHOOK_URL',
    ],
  ])('tells on every address what is wrong when settings %s', async (_name, environment, variable) => {
    const loaded = await load(environment);

    expect(loaded.functions.map((one) => one.name)).toEqual(['httpMisconfigured']);
    expect(loaded.errors).toContain(variable);
    expect(loaded.errors).not.toContain('do-not-print');
  });
});
