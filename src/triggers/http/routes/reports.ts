import { z } from 'zod';
import type { AgentSettings } from '../../../core/session/agent-settings.ts';
import { reportBody } from '../../../core/session/report-body.ts';
import { readAgentSettings, takeReport } from '../../../fleet/enrol-report.ts';
import { formatVersion, instant, instantOf } from '../../../present/json/scalars.ts';
import { type AgentRoute, signedRequestOf } from '../agent-route.ts';
import type { AppDoors } from '../app-doors.ts';
import { parseAgentBody, readAgentBytes } from '../read-agent-body.ts';
import { answer } from '../route.ts';

export const agentSettingsView = z.object({
  everySeconds: z.number(),
  cpuCoresBelow: z.number().meta({ description: 'User processes that use less are idle' }),
  gpuBelow: z.number().meta({ description: 'Percent: a device that is used less is idle' }),
  staleAfterSeconds: z.number().meta({ description: 'A connection without input for longer is not use' }),
}) satisfies z.ZodType<AgentSettings>;

const reportAnswer = z.object({
  formatVersion,
  at: instant,
  settings: agentSettingsView,
  rotateKey: z.boolean().meta({ description: 'The key is old: post a new one to /api/agent/key' }),
  warning: z
    .object({
      id: z.string(),
      stopDueAt: instant,
      stopInSeconds: z.number(),
      sentence: z.string(),
    })
    .nullable()
    .meta({ description: 'The stop that is due first, if one is: to be shown on the machine' }),
});

/** What a session agent saw in the last minute. */
export const reports = ({ ports, settings }: AppDoors): AgentRoute => {
  const flow = { ports, scope: settings.scope };
  return {
    name: 'httpReports',
    method: 'POST',
    path: 'reports',
    summary: 'Takes a session agent’s report about its own compute',
    body: reportBody,
    answers: { status: 200, schema: reportAnswer },
    act: async (request) => {
      const bytes = await readAgentBytes(flow, request);
      const taken = await takeReport(flow, signedRequestOf(request, bytes), (body) =>
        parseAgentBody(reportBody, body),
      );
      const { warning } = taken;
      return answer(200, {
        formatVersion: 1,
        at: instantOf(taken.at),
        settings: await readAgentSettings(flow),
        rotateKey: taken.rotateKey,
        warning:
          warning === null
            ? null
            : {
                id: warning.warningId,
                stopDueAt: instantOf(warning.stopDueAt),
                stopInSeconds: Math.round((warning.stopDueAt - taken.at) / 1000),
                sentence: warning.sentence,
              },
      });
    },
  };
};
