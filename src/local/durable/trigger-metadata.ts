import type { FunctionApp, TypedData } from '../host/types.ts';

type TriggerMetadata = Readonly<Record<string, TypedData>>;

/** The id alone, for who never looks at the rest. */
export const briefMetadata = (instanceId: string): TriggerMetadata => ({
  instanceId: { string: instanceId },
});

/** What an activity finds in `context.triggerMetadata`: the id of its orchestration, and its input twice, parsed and as text. */
export function activityMetadata(
  app: FunctionApp,
  functionName: string,
  instanceId: string,
  input: string | null,
): TriggerMetadata {
  const binding = app.functions.get(functionName)?.triggerBinding;
  return {
    instanceId: { string: instanceId },
    ...(input === null || binding === undefined
      ? {}
      : { [binding]: { string: input }, data: { json: JSON.stringify(input) } }),
  };
}

/** What an orchestrator finds there: the whole trigger under the name of its binding, and its single values once more, as text. */
export function orchestratorMetadata(
  app: FunctionApp,
  functionName: string,
  instanceId: string,
  trigger: string,
): TriggerMetadata {
  const binding = app.functions.get(functionName)?.triggerBinding;
  const facts = JSON.parse(trigger) as Record<string, unknown>;
  const metadata: Record<string, TypedData> = binding === undefined ? {} : { [binding]: { string: trigger } };
  for (const [name, value] of Object.entries(facts)) {
    if (name === 'history' || value === null) continue;
    metadata[name] = { string: textOf(value) };
  }
  return { ...metadata, instanceId: { string: instanceId } };
}

/** The host writes booleans with a capital. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}
