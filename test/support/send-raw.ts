import type { AgentRequest } from '../../src/local/simulation-agent.ts';
import type { AppUnderTest, Reply } from './app-under-test.ts';

/** Sends bytes as they are: a signature is about exactly these. */
export const sendRaw = (
  app: AppUnderTest,
  method: string,
  path: string,
  request: AgentRequest,
): Promise<Reply> => app.ask(method, path, { raw: request.body, headers: { ...request.headers } });
