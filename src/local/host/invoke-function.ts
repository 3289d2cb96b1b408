import type { AppRegistry, RegistryEntry } from './app-registry.ts';
import type { CoreInvocationContext } from './programming-model.ts';
import type { Binding, InvocationOutcome, InvocationRequest, TypedData } from './types.ts';

export type InputProvider = (binding: Binding) => TypedData;

export type InvocationScope = {
  readonly registry: AppRegistry;
  readonly providers: ReadonlyMap<string, InputProvider>;
  readonly appHookData: Record<string, unknown>;
};

/**
 * One invocation, in the order of the Node worker: arguments, pre-invocation hooks, handler, post-invocation hooks, response.
 * Never rejects. A handler that throws `undefined` or `null` counts as a success without a result, as there.
 */
export async function invokeFunction(
  scope: InvocationScope,
  request: InvocationRequest,
): Promise<InvocationOutcome> {
  try {
    return { ok: true, ...(await runPipeline(scope, request)) };
  } catch (error) {
    return { ok: false, error };
  }
}

async function runPipeline(
  { registry, providers, appHookData }: InvocationScope,
  request: InvocationRequest,
): Promise<{ returnValue: TypedData | null; outputs: Record<string, TypedData> }> {
  const entry = registry.entries.get(request.functionName);
  if (entry === undefined) throw new Error(`Function "${request.functionName}" is not registered.`);
  const programmingModel = entry.model();
  if (programmingModel === undefined) throw new Error('The app has set no programming model.');

  const coreContext = coreContextOf(entry, request, providers, registry);
  const model = programmingModel.getInvocationModel(coreContext);
  const { context, inputs } = await model.getArguments();

  const hookData = {};
  coreContext.state = 'preInvocationHooks';
  const before = {
    hookData,
    appHookData,
    invocationContext: context,
    inputs,
    functionCallback: entry.callback,
  };
  await registry.runHooks('preInvocation', before);

  coreContext.state = 'invocation';
  const after: { result: unknown; error: unknown } & Record<string, unknown> = {
    hookData,
    appHookData,
    invocationContext: context,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }

  coreContext.state = 'postInvocationHooks';
  await registry.runHooks('postInvocation', after);
  if (after.error !== undefined && after.error !== null) throw after.error;

  const response = await model.getResponse(context, after.result);
  const outputs = Object.fromEntries((response.outputData ?? []).map(({ name, data }) => [name, data]));
  return { returnValue: response.returnValue ?? null, outputs };
}

function coreContextOf(
  { registered }: RegistryEntry,
  request: InvocationRequest,
  providers: ReadonlyMap<string, InputProvider>,
  registry: AppRegistry,
): CoreInvocationContext {
  const inputData = [{ name: registered.triggerBinding, data: request.trigger }];
  for (const [name, binding] of Object.entries(registered.bindings)) {
    if (name === registered.triggerBinding || binding.direction !== 'in') continue;
    const provider = providers.get(binding.type.toLowerCase());
    if (provider !== undefined) inputData.push({ name, data: provider(binding) });
  }
  return {
    invocationId: request.invocationId,
    request: {
      invocationId: request.invocationId,
      functionId: registered.name,
      inputData,
      triggerMetadata: request.triggerMetadata ?? {},
      retryContext: request.retryContext ?? null,
      traceContext: { traceParent: '', traceState: '', attributes: {} },
    },
    metadata: { name: registered.name, bindings: registered.bindings },
    state: undefined,
    log: (level, category, message) => registry.log(level, category, message, registered.name),
  };
}
