import type { Policy } from '../policy/types.ts';

/** What an agent is told: how often to look, and from what load on something counts as busy. */
export type AgentSettings = {
  readonly everySeconds: number;
  readonly cpuCoresBelow: number;
  readonly gpuBelow: number;
  readonly staleAfterSeconds: number;
};

const everySeconds = 60;

/**
 * The agent does not know which overrides hold for its machine (tags, team, size), so it is given the lowest thresholds
 * that any of them sets: it may call busy what the policy would not, never the other way round.
 */
export function agentSettings(policy: Policy): AgentSettings {
  const lowest = (of: (idle: { cpuCoresBelow?: number; gpuBelow?: number }) => number | undefined): number =>
    Math.min(
      ...[policy.idle, ...policy.overrides.map((override) => override.idle ?? {})].flatMap(
        (idle) => of(idle) ?? [],
      ),
    );
  return {
    everySeconds,
    cpuCoresBelow: lowest((idle) => idle.cpuCoresBelow),
    gpuBelow: lowest((idle) => idle.gpuBelow),
    staleAfterSeconds: Math.round(policy.session.staleAfterMs / 1000),
  };
}
