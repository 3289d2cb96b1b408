declare const SESSION_AGENT_INSTALLER: string | undefined;
declare const SESSION_AGENT_SCRIPT: string | undefined;

/** The session agent's own files, which the build puts into the bundle: they are served to the machines. */
export type AgentFiles = {
  /** A POSIX shell script with two places to fill in: `@ADDRESS@` and `@SHA256@`. */
  readonly installer: string;
  readonly script: string;
};

/** Null where the app does not run from its bundle. */
export const agentFiles: AgentFiles | null =
  typeof SESSION_AGENT_INSTALLER === 'string' && typeof SESSION_AGENT_SCRIPT === 'string'
    ? { installer: SESSION_AGENT_INSTALLER, script: SESSION_AGENT_SCRIPT }
    : null;
