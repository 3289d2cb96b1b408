import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentFiles } from '../../src/agent/agent-files.ts';

const folder = join(import.meta.dirname, '../../src/agent');
export const agentScript = join(folder, 'session-agent.py');

/** The session agent's files as the build takes them. */
export const agentFilesOfSource: AgentFiles = {
  installer: readFileSync(join(folder, 'install.sh'), 'utf8'),
  script: readFileSync(agentScript, 'utf8'),
};
