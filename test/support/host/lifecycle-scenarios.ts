import { KNOWN_BINDING_TYPES } from '../../../src/local/host/function-catalogue.ts';
import { lifecycleApps } from './lifecycle-app.ts';
import type { TestHostOptions } from './start-host.ts';

/** How a scenario of the lifecycle recordings is played here. */
export type Scenario =
  | { readonly kind: 'host'; readonly load: () => unknown; readonly options?: TestHostOptions }
  /** Loading or settings are refused before a host exists; `code` or a part of the message tells the refusal. */
  | { readonly kind: 'refused'; readonly load: () => unknown; readonly expected: RegExp }
  | { readonly kind: 'bad-settings'; readonly text: string; readonly expected: RegExp }
  | { readonly kind: 'child-process' }
  | { readonly kind: 'not-offered'; readonly load: () => unknown; readonly expected: RegExp };

const { common, neverEnding, slow } = lifecycleApps;
const withoutExtensions = new Set([...KNOWN_BINDING_TYPES].filter((type) => type !== 'eventgridtrigger'));

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'Development environment': { kind: 'host', load: common },
  'functionTimeout 3 s': {
    kind: 'host',
    load: neverEnding,
    options: { hostJson: { functionTimeout: '00:00:03' } },
  },
  'handler exits the process': { kind: 'child-process' },
  'entry point throws at load': { kind: 'refused', load: lifecycleApps.throwsAtLoad, expected: /load boom/ },
  'entry point registers one, then throws': {
    kind: 'refused',
    load: lifecycleApps.throwsAfterOne,
    expected: /load boom/,
  },
  'main matches no file': {
    kind: 'refused',
    load: lifecycleApps.nothing,
    expected: /registered no function/,
  },
  'duplicate name': { kind: 'refused', load: lifecycleApps.duplicate, expected: /already been registered/ },
  'name that differs only in case': { kind: 'host', load: lifecycleApps.caseTwins },
  'bad function name': { kind: 'host', load: lifecycleApps.badNames },
  'bad route and bad authLevel': { kind: 'host', load: lifecycleApps.badRoutes },
  'unknown route constraint': { kind: 'host', load: lifecycleApps.badConstraint },
  'no host.json': { kind: 'bad-settings', text: '', expected: /not valid JSON/ },
  'host.json is not JSON': { kind: 'bad-settings', text: '{bad', expected: /not valid JSON/ },
  'host.json without version': { kind: 'host', load: common },
  'routePrefix empty': {
    kind: 'host',
    load: lifecycleApps.rootCatchAll,
    options: { hostJson: { extensions: { http: { routePrefix: '' } } } },
  },
  'customHeaders, hsts, prefix v1/x': {
    kind: 'host',
    load: common,
    options: {
      hostJson: {
        extensions: {
          http: {
            routePrefix: 'v1/x',
            customHeaders: { 'X-Content-Type-Options': 'nosniff' },
            hsts: { isEnabled: true, maxAge: '10' },
          },
        },
      },
    },
  },
  'maxConcurrentRequests 1, maxOutstandingRequests 2': {
    kind: 'host',
    load: slow,
    options: { hostJson: { extensions: { http: { maxConcurrentRequests: 1, maxOutstandingRequests: 2 } } } },
  },
  'event grid function without the extension': {
    kind: 'host',
    load: lifecycleApps.foreignTriggers,
    options: { bindingTypes: withoutExtensions },
  },
  enableHttpStream: { kind: 'not-offered', load: lifecycleApps.streaming, expected: /HTTP streaming/ },
  AzureWebJobsDisableHomepage: { kind: 'host', load: common, options: { homePage: false } },
  'route with a leading slash': { kind: 'host', load: lifecycleApps.leadingSlash },
  'odd methods, trailing slash, reserved prefix': { kind: 'host', load: lifecycleApps.oddMethods },
  'authLevel nonsense': { kind: 'host', load: lifecycleApps.badAuthLevel },
  'route with unbalanced brace': { kind: 'host', load: lifecycleApps.unbalanced },
  'maxConcurrentRequests not set, 20 parallel': { kind: 'host', load: lifecycleApps.twentyAtOnce },
  'functionTimeout 3 s, long wait': {
    kind: 'host',
    load: neverEnding,
    options: { hostJson: { functionTimeout: '00:00:03' } },
  },
};
