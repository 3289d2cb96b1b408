/** RpcTypedData of the Functions worker protocol, as far as the programming model reads and writes it. */
export type TypedData = {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  int?: number | null;
  double?: number | null;
  http?: Record<string, unknown> | null;
};

export type Binding = {
  readonly type: string;
  readonly direction: string;
  readonly [option: string]: unknown;
};

export type RegisteredFunction = {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
  /** Name of the trigger's binding in `bindings`. */
  readonly triggerBinding: string;
  readonly trigger: Binding;
  readonly retryOptions: Readonly<Record<string, unknown>> | null;
};

export type InvocationRequest = {
  readonly functionName: string;
  readonly invocationId: string;
  /** Data of the trigger binding; inputs by binding type (durableClient …) are added by the app's input providers. */
  readonly trigger: TypedData;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  readonly retryContext?: {
    retryCount: number;
    maxRetryCount: number;
    exception?: { source: string; stackTrace: string; message: string };
  };
};

export type InvocationOutcome =
  | {
      readonly ok: true;
      readonly returnValue: TypedData | null;
      readonly outputs: Readonly<Record<string, TypedData>>;
    }
  /** `error` is whatever was thrown: not always an Error. */
  | { readonly ok: false; readonly error: unknown };

export type LogLine = {
  readonly level: string;
  readonly category: string;
  readonly functionName?: string;
  readonly message: string;
};

/** A loaded function app: what the programming model registered, and the way to call it. One per life of the app. */
export interface FunctionApp {
  readonly functions: ReadonlyMap<string, RegisteredFunction>;
  /** Supplies data of input bindings of one type, for instance `durableClient`. */
  provideInput(bindingType: string, provider: (binding: Binding) => TypedData): void;
  invoke(request: InvocationRequest): Promise<InvocationOutcome>;
  /** Runs the appTerminate hooks. */
  terminate(): Promise<void>;
}
