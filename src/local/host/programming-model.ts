import type { TypedData } from './types.ts';

/** The parts of the worker's core interface that the `@azure/functions` package implements; named as there. */
export type ProgrammingModel = {
  readonly name: string;
  readonly version: string;
  getInvocationModel(coreContext: CoreInvocationContext): InvocationModel;
};

export type CoreInvocationContext = {
  readonly invocationId: string;
  readonly request: {
    readonly invocationId: string;
    readonly functionId: string;
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    readonly retryContext: unknown;
    readonly traceContext: {
      readonly traceParent: string;
      readonly traceState: string;
      readonly attributes: object;
    };
  };
  readonly metadata: { readonly name: string; readonly bindings: Readonly<Record<string, unknown>> };
  /** The package compares it when a handler logs after its end. */
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log(level: string, category: string, message: string): void;
};

export type FunctionCallback = (...inputs: unknown[]) => unknown;

export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
};

export type InvocationResponse = {
  readonly returnValue?: TypedData | null;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
};
