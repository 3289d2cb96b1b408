import { createApp } from './app.ts';
import { loadSettings, type SettingsOutcome } from './config/load.ts';
import { LamplighterError } from './core/errors.ts';
import { deploymentPorts } from './deployment-ports.ts';
import { createMisconfiguredApp } from './misconfigured-app.ts';
import type { Ports } from './ports/ports.ts';
import { surviveStrayRejections } from './stray-rejections.ts';

type Composed =
  | Extract<SettingsOutcome, { ok: false }>
  | { readonly ok: true; readonly register: () => void };

/** Settings may look right and still be refused by what they are for; that too is told on every address. */
function compose(): Composed {
  const outcome = loadSettings(process.env);
  if (!outcome.ok) return outcome;
  const { settings, unknownVariables } = outcome;
  if (unknownVariables.length > 0) console.warn(`No setting is called ${unknownVariables.join(', ')}.`);
  let ports: Ports;
  try {
    ports = deploymentPorts(settings);
  } catch (error) {
    if (!(error instanceof LamplighterError)) throw error;
    const variable = error.field ?? 'settings';
    return { ok: false, faults: [{ variable, detail: `${variable}: ${error.message} ${error.fix}` }] };
  }
  return { ok: true, register: () => createApp(ports, settings) };
}

surviveStrayRejections((message, reason) => console.error(message, reason));
const composed = compose();
if (composed.ok) composed.register();
else createMisconfiguredApp(composed.faults);
