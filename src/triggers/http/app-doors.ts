import type { Settings } from '../../config/settings.ts';
import type { Ports } from '../../ports/ports.ts';

/** What routes are given to act with. */
export type AppDoors = {
  readonly ports: Ports;
  readonly settings: Settings;
  /** New instances can be given the session agent. Default: no. */
  readonly canInstallAgent?: boolean;
};
