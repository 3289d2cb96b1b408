import { rpcExceptionText, type WorkerFailure } from './worker-failure.ts';

/** Stands where .NET writes its own frames: there are none here. */
const ENGINE_FRAME = '   at EmbeddedDurableEngine.Invoke()';
const GENERIC_HRESULT = -2146233088;

export type FailureText = { readonly reason: string; readonly details: string };

/** Reason and details of a failed activity. The details are the JSON of a .NET exception around the worker's. */
export function activityFailure(name: string, failure: WorkerFailure): FailureText {
  const details = {
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: failure.message,
    Data: null,
    InnerException: {
      $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
      IsUserException: false,
      RemoteStackTrace: failure.stack,
      RemoteMessage: failure.message,
      RemoteTypeName: null,
      Message: rpcExceptionText(failure),
      Data: { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' },
      InnerException: null,
      HelpLink: null,
      Source: 'host',
      HResult: GENERIC_HRESULT,
      StackTrace: ENGINE_FRAME,
    },
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: GENERIC_HRESULT,
    Source: null,
    WatsonBuckets: null,
  };
  return {
    reason: `Activity function '${name}' failed: ${failure.message}`,
    details: JSON.stringify(details),
  };
}

/** Reason and details of a failed orchestrator, as its parent sees them; the reason is also the status's output. */
export function orchestratorFailure(name: string, message: string): FailureText {
  return {
    reason: `Orchestrator function '${name}' failed: ${message}`,
    details: `Message: ${message}, StackTrace: ${ENGINE_FRAME}`,
  };
}

/** An orchestrator that threw without saying what: only the host's raw text is left. */
export function opaqueFailure(name: string, failure: WorkerFailure): FailureText {
  return orchestratorFailure(name, `One or more errors occurred. (${rpcExceptionText(failure)})`);
}

export function unknownOrchestrator(name: string, known: readonly string[]): FailureText {
  const names = known.map((each) => `'${each}'`).join(', ');
  return orchestratorFailure(
    name,
    `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: ` +
      `The following are the known orchestrator functions: ${names}.`,
  );
}
