import { LamplighterError } from '../../core/errors.ts';
import { explainCompute } from '../../fleet/explain-compute.ts';
import { writeSeenWorkspaces } from '../../ledger/workspaces.ts';
import { explainViewOf } from '../../present/json/explain-view.ts';
import { openCallersAzure, type Stand } from '../azure/callers-azure.ts';
import { openCallersFlow } from '../azure/callers-flow.ts';
import { type AzureFlags, callersSettings } from '../azure/callers-settings.ts';
import { locateCompute, subscriptionOf } from '../azure/locate-compute.ts';
import type { Surroundings } from '../surroundings.ts';
import { explainText } from './explain-text.ts';

export type ExplainArgs = AzureFlags & { readonly compute: string; readonly json?: boolean | undefined };

const unexplained = (compute: string, message: string, fix: string): LamplighterError =>
  new LamplighterError(`${compute} ${message}`, {
    code: 'cli.not-explained',
    fault: 'caller',
    field: 'compute',
    fix,
  });

/** 0: explained; faults are 1. */
export async function actExplain(
  args: ExplainArgs,
  { environment, stdout, look }: Pick<Surroundings, 'environment' | 'stdout' | 'look'>,
  stand?: Stand,
): Promise<number> {
  const given = callersSettings(args, environment);
  const named = subscriptionOf(args.compute);
  const settings = named === null ? given : { ...given, subscriptions: [named] };
  const azure = await openCallersAzure(settings, stand);
  const opened = await openCallersFlow(settings, azure, stand?.ledger);
  const { ref, location, computes } = await locateCompute(azure, args.compute);
  // Metrics are asked for in the workspace's region, which may not be the machine's.
  const seen = { ref, location, seenAt: azure.clock.now(), computes };
  if (location !== '') await writeSeenWorkspaces(opened.flow.ports.ledger, [seen]);

  const explanation = await explainCompute(opened.flow, ref, { policyIsTried: settings.policyIsTried });
  switch (explanation.kind) {
    case 'missing':
      throw unexplained(ref.compute, 'is not there.', 'Check its name; "lamplighter plan" shows all.');
    case 'unreadable':
      throw unexplained(
        ref.compute,
        `cannot be read: ${explanation.message}`,
        'Check your rights, and try again.',
      );
    case 'explained': {
      const { compute } = explanation;
      const { kind } = compute.readings.compute;
      if (kind.toLowerCase() !== 'computeinstance') {
        throw unexplained(
          ref.compute,
          `is of kind ${kind}: only instances are stopped for being idle.`,
          '"lamplighter plan" shows the findings about clusters and attached targets.',
        );
      }
      const view = explainViewOf({
        ...compute,
        policyName: opened.policyName,
        ledgerName: opened.ledgerName,
        missing: azure.refusals().map(({ action, what }) => ({ action, what })),
      });
      stdout.write(args.json === true ? `${JSON.stringify(view, null, 2)}\n` : explainText(view, look));
      return 0;
    }
  }
}
