import { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';
import { DEFAULT_LIMITS, type RunnerLimits } from './free-runner.ts';

export type DurableSettings = { readonly taskHub: string; readonly limits: RunnerLimits };

const hostJson = z.object({
  extensions: z
    .object({
      durableTask: z
        .object({
          hubName: z
            .string()
            .regex(/^[A-Za-z][A-Za-z0-9]{2,44}$/, 'expected 3 to 45 letters and digits, a letter first')
            .default('TestHubName'),
          maxConcurrentActivityFunctions: z
            .int()
            .min(1)
            .default(DEFAULT_LIMITS.maxConcurrentActivityFunctions),
          maxConcurrentOrchestratorFunctions: z
            .int()
            .min(1)
            .default(DEFAULT_LIMITS.maxConcurrentOrchestratorFunctions),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** What of a parsed host.json concerns this engine. Throws `LamplighterError` `durable.host-json` naming the setting. */
export function durableSettings(parsedHostJson: unknown): DurableSettings {
  const result = hostJson.safeParse(parsedHostJson);
  if (!result.success) throw badSetting(result.error.issues);
  const { hubName, ...limits } = result.data.extensions.durableTask;
  return { taskHub: hubName, limits };
}

function badSetting(issues: readonly z.core.$ZodIssue[]): LamplighterError {
  const texts = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const field = issues[0]?.path.join('.') ?? 'host.json';
  return new LamplighterError(`host.json has a bad Durable setting: ${texts.join('; ')}.`, {
    code: 'durable.host-json',
    fault: 'deployment',
    fix: 'Correct the setting in host.json.',
    field,
  });
}
