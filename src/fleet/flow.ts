import type { Scope } from '../config/settings.ts';
import type { Ports } from '../ports/ports.ts';

/** What every step of the main flow is given: the way to the world, and how far it may reach. */
export type Flow = { readonly ports: Ports; readonly scope: Scope };
