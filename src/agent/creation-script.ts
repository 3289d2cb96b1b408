import type { AgentFiles } from './agent-files.ts';
import { checksumOf, installerText } from './installer-text.ts';

/** What a machine needs to know to fetch the agent by itself. */
export type AgentSetup = {
  /** Of the deployment, without a slash at its end. */
  readonly address: string;
  readonly installerSha256: string;
};

/** Null: the deployment does not know the address that machines reach it by, or does not run from its bundle. */
export function agentSetupOf(files: AgentFiles | null, publicUrl: string | null): AgentSetup | null {
  if (files === null || publicUrl === null) return null;
  const address = publicUrl.replace(/\/+$/, '');
  return { address, installerSha256: checksumOf(installerText(files, address)) };
}

/**
 * A setup script that brings the agent onto a new instance. It may be read by whoever may read the instance in Azure, so all
 * that it holds is a code that works once, for this instance, within its time. It always ends well: without the agent the
 * instance is as good as any, while a failed setup script would make Azure give it up.
 */
export const creationScript = ({ address, installerSha256 }: AgentSetup, code: string): string => `#!/bin/sh
# Brings Lamplighter's session agent onto this instance; ${address}/api/agent shows what it installs.
# The code works once, for this instance alone, and only while the instance is being made.
set -u
if [ -e "\${LAMPLIGHTER_AGENT_ROOT:-}/etc/lamplighter-agent/config.json" ]; then
  echo 'The session agent is here already.'
  exit 0
fi
installer="$(mktemp)"
trap 'rm -f "$installer"' EXIT
fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsSL --retry 5 --retry-delay 5 --max-time 60 '${address}/api/agent' -o "$installer"
  else
    wget -q -T 60 -O "$installer" '${address}/api/agent'
  fi
}
if fetch && echo '${installerSha256}  '"$installer" | sha256sum -c - >/dev/null 2>&1 && sh "$installer" '${code}'; then
  echo 'The session agent is installed.'
else
  echo 'The session agent is not installed; the instance works without it.' >&2
fi
exit 0
`;
