/** What a caller asked for, in the words of the scenarios, and some more. */
export type CountedOperation =
  | 'list'
  | 'get'
  | 'create'
  | 'delete'
  | 'start'
  | 'stop'
  | 'restart'
  | 'attach'
  | 'detach'
  | 'patch'
  | 'nameCheck'
  | 'idleSetting'
  | 'jobs'
  | 'metrics'
  | 'usages'
  | 'sizes'
  | 'catalogues'
  | 'workspaces'
  | 'quotas'
  | 'updateQuotas'
  | 'schedules'
  | 'nodes'
  | 'poll'
  | 'resources'
  | 'endpoints'
  | 'permissions'
  | 'secrets'
  | 'graph'
  | 'token';

export type WriteOperation =
  | 'create'
  | 'delete'
  | 'start'
  | 'stop'
  | 'restart'
  | 'attach'
  | 'detach'
  | 'patch'
  | 'idleSetting'
  | 'schedules'
  | 'updateQuotas'
  | 'force';

/** A write that took effect or was accepted for it: by the app, or by somebody else. */
export type AcceptedWrite = {
  readonly at: number;
  /** The caller's object id, and the name it goes by here. */
  readonly principalId: string;
  readonly principal: string;
  readonly byApp: boolean;
  readonly operation: WriteOperation;
  readonly compute: string | null;
  readonly computeId: string | null;
  /** A PUT over something that was there. */
  readonly overwrote?: true;
};

export type UnknownRequest = { readonly at: number; readonly method: string; readonly url: string };

/** What was asked of the simulated Azure, for expectations and checks. Counts are of calls made, refused ones too. */
export class CallLog {
  readonly calls = new Map<CountedOperation, number>();
  readonly writes: AcceptedWrite[] = [];
  readonly unknownRequests: UnknownRequest[] = [];

  count(operation: CountedOperation): void {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
  }

  countOf(operation: CountedOperation): number {
    return this.calls.get(operation) ?? 0;
  }
}
