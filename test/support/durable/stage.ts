import type { DurableEngine } from '../../../src/local/durable/durable-engine.ts';
import type { ManagementApi } from '../../../src/local/durable/management-api.ts';
import type { VirtualClock } from '../../../src/local/virtual-clock.ts';
import type { GeneratedIds } from './generated-ids.ts';
import type { AppControls } from './recorded-app.ts';
import type { RecordedCase } from './recorded-case.ts';
import type { VirtualRun } from './virtual-run.ts';

/** The recorder's own address and names, so that links compare. */
export const ADDRESS = { taskHub: 'GoldenHub', connection: 'Storage', code: 'TESTKEY' };
export const PUBLIC_ORIGIN = 'http://127.0.0.1:27071';

/** What a step of a case is played on. */
export type Stage = {
  readonly engine: DurableEngine;
  readonly api: ManagementApi;
  readonly clock: VirtualClock;
  readonly run: VirtualRun;
  readonly episodes: RecordedCase['episodes'];
  readonly ids: GeneratedIds;
  readonly controls: AppControls;
};
