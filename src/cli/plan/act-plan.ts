import { durationText } from '../../core/explain/duration-text.ts';
import type { Scope } from '../../config/settings.ts';
import { draftSweep, type SweepDraft } from '../../fleet/draft-sweep.ts';
import type { SweepSummary } from '../../ledger/sweeps.ts';
import { type PlanView, planViewOf } from '../../present/json/plan-view.ts';
import { planText } from '../../present/plan-text.ts';
import { openCallersAzure, type Stand } from '../azure/callers-azure.ts';
import { type CallersFlow, openCallersFlow } from '../azure/callers-flow.ts';
import { type AzureFlags, callersSettings } from '../azure/callers-settings.ts';
import type { NotedSetting } from '../azure/noted-settings.ts';
import { type ProgressBar, progressBar } from '../progress-bar.ts';
import type { Surroundings } from '../surroundings.ts';
import { sameName } from '../../core/ids.ts';

export type PlanArgs = AzureFlags & {
  readonly explain?: boolean | undefined;
  readonly changes?: boolean | undefined;
  readonly json?: boolean | undefined;
};

function settingText(setting: NotedSetting): string {
  if (setting.kind === 'idle-shutdown') {
    return setting.minutes === null
      ? 'would take the platform’s idle shutdown off.'
      : `would set the platform’s idle shutdown to ${durationText(setting.minutes * 60_000)}.`;
  }
  const parts = [
    ...(setting.minNodes === null ? [] : [`its minimum to ${setting.minNodes} nodes`]),
    ...(setting.scaleDownAfterMs === null
      ? []
      : [`its idle time before scale-down to ${durationText(setting.scaleDownAfterMs)}`]),
  ];
  return `would set ${parts.join(' and ')}.`;
}

/** Workspaces that were named and are not there. */
function notFound({ workspaces }: Scope, { looked, summary }: SweepDraft): SweepSummary['faults'] {
  if (summary.faults.some(({ workspace }) => workspace === null)) return [];
  const absent = (workspaces ?? []).filter(
    (one) =>
      !looked.some(
        (ref) => sameName(ref.workspace, one.workspace) && sameName(ref.resourceGroup, one.resourceGroup),
      ),
  );
  return absent.map(({ subscriptionId, resourceGroup, workspace }) => ({
    workspace: null,
    subscriptionId: subscriptionId ?? '',
    code: 'cli.no-workspace',
    message: `There is no workspace ${resourceGroup}/${workspace} among those that you see, or the policy’s mode there is off.`,
  }));
}

type Opened = {
  readonly azure: Awaited<ReturnType<typeof openCallersAzure>>;
  readonly opened: CallersFlow;
  readonly evenUnapproved: boolean;
};

async function draftedView(
  { azure, opened, evenUnapproved }: Opened,
  { stderr, pause }: Pick<Surroundings, 'stderr' | 'pause'>,
): Promise<PlanView> {
  let bar: ProgressBar | null = null;
  try {
    const draft = await draftSweep(opened.flow, {
      evenUnapproved,
      waitUntil: (at) => pause(Math.max(0, at - azure.clock.now())),
      onProgress(done, of, what) {
        bar ??= progressBar(stderr, of);
        bar.show(done, what);
      },
    });
    return planViewOf({
      ...draft,
      summary: { ...draft.summary, faults: [...draft.summary.faults, ...notFound(azure.scope, draft)] },
      policyName: opened.policyName,
      ledgerName: opened.ledgerName,
      subscriptions: azure.scope.subscriptions,
      settings: opened
        .settingsNoted()
        .map((setting) => ({ ref: setting.ref, sentence: settingText(setting) })),
      deletions: opened.deletionsNoted(),
      missing: azure.refusals().map(({ action, what }) => ({ action, what })),
    });
  } finally {
    (bar as ProgressBar | null)?.clear();
  }
}

/** 0: there is nothing to do; 2: there is; 1: faults, and nothing to do where not everything could be read. */
export async function actPlan(args: PlanArgs, surroundings: Surroundings, stand?: Stand): Promise<number> {
  const settings = callersSettings(args, surroundings.environment);
  const azure = await openCallersAzure(settings, stand);
  const opened = await openCallersFlow(settings, azure, stand?.ledger);
  const view = await draftedView({ azure, opened, evenUnapproved: settings.policyIsTried }, surroundings);
  surroundings.stdout.write(
    args.json === true
      ? `${JSON.stringify(view, null, 2)}\n`
      : planText(
          view,
          { explain: args.explain === true, changesOnly: args.changes === true },
          surroundings.look,
        ),
  );
  if (view.changes) return 2;
  // That there is nothing to do can only be said of what could be looked at.
  return view.faults.length > 0 ? 1 : 0;
}
