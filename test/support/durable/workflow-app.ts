import type { FunctionApp } from '../../../src/local/host/types.ts';
import { durableApp } from './durable-app.ts';

/** Everything an orchestration can wait for, in one. `slips` counts the attempts of the activity that fails once. */
export function workflowApp(slips: { attempts: number }): Promise<FunctionApp> {
  return durableApp((df) => {
    df.app.activity('double', { handler: (input: { n: number }) => ({ n: input.n * 2 }) });
    df.app.activity('slips', {
      handler: () => {
        slips.attempts += 1;
        if (slips.attempts === 1) throw new Error('slipped');
        return { ok: true };
      },
    });
    df.app.orchestration('child', function* (context) {
      const input = context.df.getInput<{ n: number }>();
      return yield context.df.callActivity('double', input);
    });
    df.app.orchestration('parent', function* (context) {
      const doubled = yield context.df.Task.all([1, 2].map((n) => context.df.callActivity('double', { n })));
      const child = yield context.df.callSubOrchestrator(
        'child',
        { n: 21 },
        `${context.df.instanceId}-child`,
      );
      const slipped = yield context.df.callActivityWithRetry('slips', new df.RetryOptions(5_000, 3), {});
      const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
      const event = context.df.waitForExternalEvent('go');
      const first = yield context.df.Task.any([timer, event]);
      if (first === event) timer.cancel();
      const round = context.df.getInput<{ round: number }>()?.round ?? 0;
      if (round === 0) {
        context.df.continueAsNew({ round: 1 });
        return undefined;
      }
      return { doubled, child, slipped, event: first === event };
    });
  });
}

/** How its instance `wf` and its child end, whatever happened on the way: id, status, output. */
export const WORKFLOW_END = [
  ['wf', 'Completed', '{"doubled":[{"n":2},{"n":4}],"child":{"n":42},"slipped":{"ok":true},"event":false}'],
  ['wf-child', 'Completed', '{"n":42}'],
] as const;
