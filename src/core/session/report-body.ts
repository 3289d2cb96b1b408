import { z } from 'zod';
import type { SessionReport } from '../activity/types.ts';

const load = z.enum(['busy', 'idle']);
/** Null: it is there and could not be read, or nobody knows whether it is there. */
const maybeLoad = load.nullable();
const yearSeconds = 366 * 86_400;

/**
 * What an agent sends: states and loads. Strict, so that neither another instance's name nor anything about people,
 * files or programs finds a place in it.
 */
export const reportBody = z.strictObject({
  version: z.literal(1),
  agent: z
    .string()
    .regex(/^[\w.]{1,20}$/, 'expected the version of the agent')
    .optional(),
  kernels: maybeLoad,
  terminals: maybeLoad,
  ssh: maybeLoad,
  vscode: maybeLoad,
  processes: maybeLoad,
  gpu: maybeLoad,
  containers: maybeLoad,
  lastInputSecondsAgo: z
    .number()
    .min(0)
    .max(100 * yearSeconds)
    .nullable()
    .meta({ description: 'Since the last input anywhere; null: there was none, or none is known' }),
  diskFreeMegabytes: z.number().min(0).max(1e12).nullable(),
});
export type ReportBody = z.output<typeof reportBody>;

/**
 * The report as the rules of activity take it, at our own time. Where a session could not be read, the report proves no
 * idleness: it counts as one without load.
 */
export function sessionReportOf(body: ReportBody, at: number): SessionReport {
  const sessions = [body.kernels, body.terminals, body.ssh, body.vscode];
  const isPartial = sessions.includes(null) || body.containers === null;
  return {
    at,
    kernels: body.kernels ?? 'idle',
    terminals: body.terminals ?? 'idle',
    ssh: body.ssh ?? 'idle',
    vscode: body.vscode ?? 'idle',
    processes: isPartial && body.processes === 'idle' ? null : body.processes,
    gpu: body.gpu,
    containers: body.containers,
    lastInputAt: body.lastInputSecondsAgo === null ? null : Math.round(at - body.lastInputSecondsAgo * 1000),
    diskFreeMegabytes: body.diskFreeMegabytes,
  };
}
