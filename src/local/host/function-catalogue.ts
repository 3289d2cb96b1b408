import type { AuthLevel } from './keys.ts';
import type { RouteTemplate } from './route-template.ts';
import { parseRouteTemplate } from './route-template.ts';
import { parseSchedule } from './schedule.ts';
import type { RegisteredFunction } from './types.ts';

export type HttpFunction = {
  readonly name: string;
  readonly template: RouteTemplate;
  /** Upper case; `null`: every method. */
  readonly methods: ReadonlySet<string> | null;
  readonly level: AuthLevel;
};

/** All functions of the app, sorted into what runs and what is in error. */
export type FunctionCatalogue = {
  /** In name order without case: the order in which routes are tried. */
  readonly http: readonly HttpFunction[];
  readonly timers: readonly RegisteredFunction[];
  readonly eventGrid: ReadonlyMap<string, RegisteredFunction>;
  readonly all: readonly RegisteredFunction[];
  /** Functions that are in error, with the reasons; the others run. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
  /** Faults that stop the whole host. */
  readonly hostErrors: readonly string[];
};

export type CatalogueOptions = {
  readonly routePrefix: string;
  readonly disabled: ReadonlySet<string>;
  readonly bindingTypes: ReadonlySet<string>;
};

export const KNOWN_BINDING_TYPES: ReadonlySet<string> = new Set([
  'httptrigger',
  'http',
  'timertrigger',
  'eventgridtrigger',
  'orchestrationtrigger',
  'activitytrigger',
  'entitytrigger',
  'durableclient',
  'orchestrationclient',
]);
const NAME = /^[a-z][a-z0-9_-]{0,127}$/i;
const AUTH_LEVELS: readonly AuthLevel[] = ['anonymous', 'function', 'admin', 'system'];

export function catalogueFunctions(
  functions: Iterable<RegisteredFunction>,
  options: CatalogueOptions,
): FunctionCatalogue {
  const errors = new Map<string, string[]>();
  const hostErrors: string[] = [];
  const http: HttpFunction[] = [];
  const timers: RegisteredFunction[] = [];
  const eventGrid = new Map<string, RegisteredFunction>();
  const taken = new Map<string, string>();
  const all = [...functions];
  for (const fn of all) {
    const fault = nameFault(fn, taken) ?? bindingFault(fn, options.bindingTypes);
    taken.set(fn.name.toLowerCase(), taken.get(fn.name.toLowerCase()) ?? fn.name);
    if (fault !== undefined) {
      errors.set(fn.name, [fault]);
      continue;
    }
    if (options.disabled.has(fn.name)) continue;
    switch (fn.trigger.type.toLowerCase()) {
      case 'httptrigger': {
        const read = readHttpFunction(fn, options.routePrefix, http);
        if ('hostError' in read) hostErrors.push(read.hostError);
        else if ('error' in read) errors.set(fn.name, [read.error]);
        else http.push(read);
        break;
      }
      case 'timertrigger': {
        const schedule = fn.trigger['schedule'];
        if (typeof schedule === 'string' && parseSchedule(schedule) !== undefined) timers.push(fn);
        else errors.set(fn.name, [scheduleFault(fn.name, schedule)]);
        break;
      }
      case 'eventgridtrigger':
        eventGrid.set(fn.name, fn);
        break;
      default:
    }
  }
  http.sort((one, other) => compareNames(one.name, other.name));
  return { http, timers, eventGrid, all, errors, hostErrors };
}

function nameFault({ name }: RegisteredFunction, taken: ReadonlyMap<string, string>): string | undefined {
  if (!NAME.test(name)) return `"${name}" is not a valid function name.`;
  const other = taken.get(name.toLowerCase());
  return other === undefined ? undefined : `The name conflicts with the function "${other}".`;
}

function bindingFault(fn: RegisteredFunction, known: ReadonlySet<string>): string | undefined {
  const unknown = Object.values(fn.bindings)
    .map(({ type }) => type)
    .filter((type) => !known.has(type.toLowerCase()));
  return unknown.length === 0
    ? undefined
    : `The binding type(s) '${unknown.join(', ')}' are not registered. ` +
        'Please ensure the type is correct and the binding extension is installed.';
}

/** As Azure says it, so that a search for the words finds the answers of others; the text above too. */
function scheduleFault(name: string, schedule: unknown): string {
  return (
    `Microsoft.Azure.WebJobs.Host: Error indexing method 'Functions.${name}'. ` +
    `Microsoft.Azure.WebJobs.Extensions: The schedule expression '${String(schedule)}' ` +
    'was not recognized as a valid cron expression or timespan string.'
  );
}

function readHttpFunction(
  fn: RegisteredFunction,
  routePrefix: string,
  others: readonly HttpFunction[],
): HttpFunction | { error: string } | { hostError: string } {
  const { authLevel, methods, route } = fn.trigger;
  const level = authLevelOf(authLevel);
  if (level === undefined) return { error: `The authLevel ${JSON.stringify(authLevel)} is not known.` };
  const ownRoute = typeof route === 'string' && route.trim() !== '' ? route : fn.name;
  if (/^(?:admin|runtime)/i.test(ownRoute.replace(/^\/+/, ''))) {
    return { error: 'The route begins with "admin" or "runtime", which belong to the host.' };
  }
  const text = routePrefix === '' ? ownRoute : `${routePrefix}/${ownRoute}`;
  const parsed = parseRouteTemplate(text);
  if (!parsed.ok)
    return {
      hostError: `The route "${text}" of the function "${fn.name}" cannot be read: ${parsed.problem}.`,
    };
  const own: HttpFunction = {
    name: fn.name,
    template: parsed.template,
    methods: Array.isArray(methods) ? new Set(methods.map((method) => String(method).toUpperCase())) : null,
    level,
  };
  const rival = others.find((other) => conflict(own, other));
  return rival === undefined
    ? own
    : { error: `The route conflicts with the route of the function "${rival.name}".` };
}

function authLevelOf(authLevel: unknown): AuthLevel | undefined {
  if (authLevel === undefined || authLevel === null) return 'function';
  const wanted = typeof authLevel === 'string' ? authLevel.toLowerCase() : undefined;
  return AUTH_LEVELS.find((known) => known === wanted);
}

/** Only routes of the same text conflict; overlapping ones do not, the first name wins. */
function conflict(one: HttpFunction, other: HttpFunction): boolean {
  if (one.template.text.toLowerCase() !== other.template.text.toLowerCase()) return false;
  if (one.methods === null || other.methods === null) return true;
  return [...one.methods].some((method) => other.methods?.has(method) === true);
}

function compareNames(one: string, other: string): number {
  const [left, right] = [one.toUpperCase(), other.toUpperCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
