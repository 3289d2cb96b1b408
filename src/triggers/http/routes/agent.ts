import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import type { AgentFiles } from '../../../agent/agent-files.ts';
import { checksumOf, installerText } from '../../../agent/installer-text.ts';
import { LamplighterError } from '../../../core/errors.ts';
import { enrolKey, leave, replaceKey } from '../../../fleet/enrol-key.ts';
import { readAgentSettings } from '../../../fleet/enrol-report.ts';
import { formatVersion } from '../../../present/json/scalars.ts';
import { type AgentRoute, signedRequestOf } from '../agent-route.ts';
import type { AppDoors } from '../app-doors.ts';
import { parseAgentBody, readAgentBytes } from '../read-agent-body.ts';
import { answer, type OpenRoute } from '../route.ts';
import { agentSettingsView } from './reports.ts';

const publicKey = z
  .string()
  .max(200)
  .meta({ description: 'A public key on P-256: SubjectPublicKeyInfo, DER, base64' });
const enrolmentBody = z.strictObject({
  code: z.string().max(64),
  publicKey,
  agent: z
    .string()
    .regex(/^[\w.]{1,20}$/)
    .optional(),
});
const keyBody = z.strictObject({ publicKey });
const keyView = z.object({ formatVersion, keyId: z.string() });

/** Where agents reach the app: as the deployment says, else as this very request did. */
export const addressFor = (publicUrl: string | null, request: Pick<HttpRequest, 'url'>): string =>
  publicUrl ?? new URL(request.url).origin;

function present(files: AgentFiles | null): AgentFiles {
  if (files !== null) return files;
  throw new LamplighterError('The session agent is part of the build, and this is not one.', {
    code: 'agent.no-address',
    fault: 'deployment',
    fix: 'Run npm run build and start the bundle.',
  });
}

/** The agent itself, for anybody: it holds no secret. */
export const agentDownloads = (publicUrl: string | null, files: AgentFiles | null): readonly OpenRoute[] => [
  {
    name: 'httpAgent',
    path: 'agent',
    summary: 'The installer of the session agent, a shell script',
    contentType: 'text/x-shellscript; charset=utf-8',
    answer: (request) => ({ body: installerText(present(files), addressFor(publicUrl, request)) }),
  },
  {
    name: 'httpAgentScript',
    path: 'agent/session-agent.py',
    summary: 'The session agent, a Python script; the installer knows its checksum',
    contentType: 'text/x-python; charset=utf-8',
    answer: () => {
      const { script } = present(files);
      return { body: script, headers: { 'x-checksum-sha256': checksumOf(script) } };
    },
  },
];

/** How an agent gets its key, changes it, and says goodbye. */
export const agentKeys = ({ ports, settings }: AppDoors): readonly AgentRoute[] => {
  const flow = { ports, scope: settings.scope };
  return [
    {
      name: 'httpAgentEnrol',
      method: 'POST',
      path: 'agent/enrolment',
      summary: 'Exchanges a one-time code for the right to report about one compute',
      body: enrolmentBody,
      answers: {
        status: 201,
        schema: keyView.extend({
          workspace: z.string(),
          compute: z.string(),
          settings: agentSettingsView,
        }),
      },
      act: async (request) => {
        const bytes = await readAgentBytes(flow, request);
        const { keyId, ref } = await enrolKey(flow, signedRequestOf(request, bytes), (body) =>
          parseAgentBody(enrolmentBody, body),
        );
        return answer(201, {
          formatVersion: 1,
          keyId,
          workspace: ref.workspace,
          compute: ref.compute,
          settings: await readAgentSettings(flow),
        });
      },
    },
    {
      name: 'httpAgentLeave',
      method: 'DELETE',
      path: 'agent/enrolment',
      summary: 'Ends the enrolment of the agent that asks',
      answers: { status: 200, schema: z.object({ formatVersion, left: z.literal(true) }) },
      act: async (request) => {
        await leave(flow, signedRequestOf(request, await readAgentBytes(flow, request)));
        return answer(200, { formatVersion: 1, left: true });
      },
    },
    {
      name: 'httpAgentKey',
      method: 'POST',
      path: 'agent/key',
      summary: 'Takes a new key of the agent that asks; the old one holds for a day more',
      body: keyBody,
      answers: { status: 200, schema: keyView },
      act: async (request) => {
        const bytes = await readAgentBytes(flow, request);
        const { keyId } = await replaceKey(flow, signedRequestOf(request, bytes), (body) =>
          parseAgentBody(keyBody, body),
        );
        return answer(200, { formatVersion: 1, keyId });
      },
    },
  ];
};
