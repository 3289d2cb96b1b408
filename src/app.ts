import { type AgentFiles, agentFiles } from './agent/agent-files.ts';
import { agentSetupOf } from './agent/creation-script.ts';
import { authenticator } from './auth/authenticate.ts';
import { cachedKeys } from './auth/cached-keys.ts';
import { tokenVerifier } from './auth/verify-token.ts';
import type { Settings } from './config/settings.ts';
import { registerWorkflows } from './fleet/register-workflows.ts';
import type { Ports } from './ports/ports.ts';
import { type WebAssets, webAssets } from './present/web-assets.ts';
import { registerAgentRoutes } from './triggers/http/agent-route.ts';
import { agentRoutes, appRoutes, openRoutes } from './triggers/http/app-routes.ts';
import { health } from './triggers/http/routes/health.ts';
import { rateLimiter } from './triggers/http/rate-limit.ts';
import { dashboard } from './triggers/http/routes/dashboard.ts';
import { agentDownloads } from './triggers/http/routes/agent.ts';
import { type Door, registerOpenRoutes, registerRoutes } from './triggers/http/register-routes.ts';

function doorOf(ports: Ports, settings: Settings): Door {
  const { clock, ledger } = ports;
  const { tenantId, audiences, platformAuthentication, publicUrl } = settings;
  const keys = cachedKeys(ports.signingKeys, clock);
  return {
    clock,
    ledger,
    authenticate: authenticator({
      tenantId,
      platformAuthentication,
      verifyToken: tokenVerifier({ tenantId, audiences, keys, clock }),
    }),
    limitRate: rateLimiter(clock),
    publicUrl,
  };
}

/**
 * Registers every function of the app on the programming model. It holds no state of its own, so that a simulation
 * can build the app again after a crash from nothing but the ports.
 */
export function createApp(
  ports: Ports,
  settings: Settings,
  assets: WebAssets = webAssets,
  agent: AgentFiles | null = agentFiles,
): void {
  const setup = agentSetupOf(agent, settings.publicUrl);
  registerWorkflows(ports, settings, setup);
  const routes = appRoutes({ ports, settings, canInstallAgent: setup !== null });
  const door = doorOf(ports, settings);
  registerRoutes(door, routes);
  const forAgents = agentRoutes({ ports, settings });
  registerAgentRoutes(forAgents);
  registerOpenRoutes(
    openRoutes(routes, forAgents, [
      health({ ports, settings }, door),
      ...dashboard(assets),
      ...agentDownloads(settings.publicUrl, agent),
    ]),
  );
}
