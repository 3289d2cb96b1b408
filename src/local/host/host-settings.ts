import { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';
import { parseTimeSpanMs } from './time-span.ts';

export const LOG_LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings of host.json that this host obeys. */
export type HostSettings = {
  readonly routePrefix: string;
  /** `null`: no limit. */
  readonly functionTimeoutMs: number | null;
  readonly maxConcurrentRequests: number | null;
  readonly maxOutstandingRequests: number | null;
  readonly customHeaders: Readonly<Record<string, string>>;
  /** Lowest level logged, by category prefix; `default` for the rest. */
  readonly logLevels: Readonly<Record<string, LogLevel>>;
  /** `extensions.durableTask` as written, for the Durable engine. */
  readonly durableTask: Readonly<Record<string, unknown>>;
};

export type HostJson = { readonly settings: HostSettings; readonly notices: readonly string[] };

const DEFAULT_TIMEOUT_MS = 30 * 60_000;

const limit = z
  .int()
  .min(-1)
  .transform((value) => (value === -1 ? null : value));
const logLevel = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(LOG_LEVELS));
const timeout = z
  .string()
  .transform((text) => (text === '-1' ? null : parseTimeSpanMs(text)))
  .refine((value) => value !== undefined && (value === null || value > 0), {
    error: 'expected a time span such as "00:10:00", or "-1" for no limit',
  });

const httpSchema = z.looseObject({
  routePrefix: z.string().optional(),
  maxConcurrentRequests: limit.optional(),
  maxOutstandingRequests: limit.optional(),
  customHeaders: z.record(z.string(), z.string()).optional(),
});
const hostSchema = z.looseObject({
  $schema: z.string().optional(),
  version: z.literal('2.0', { error: 'expected "2.0"' }).optional(),
  functionTimeout: timeout.optional(),
  extensions: z
    .looseObject({
      http: httpSchema.optional(),
      durableTask: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
  logging: z.looseObject({ logLevel: z.record(z.string(), logLevel).optional() }).optional(),
});

/**
 * Reads the text of host.json. What this host does not act on is named in `notices`, one sentence each, so that nobody tests a setting that
 * only Azure obeys. Throws `LamplighterError` `host.settings` naming the field.
 */
export function parseHostJson(text: string): HostJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw settingsError('host.json is not valid JSON.', 'Correct the file; it must be one JSON object.', {
      cause,
    });
  }
  const parsed = hostSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw settingsError(
      `host.json: ${field || 'the file'}: ${issue?.message ?? 'not valid'}.`,
      'Correct it.',
      {
        field,
      },
    );
  }
  const { functionTimeout, extensions, logging } = parsed.data;
  const http = extensions?.http;
  return {
    settings: {
      routePrefix: (http?.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
      functionTimeoutMs: functionTimeout === undefined ? DEFAULT_TIMEOUT_MS : functionTimeout,
      maxConcurrentRequests: http?.maxConcurrentRequests ?? null,
      maxOutstandingRequests: http?.maxOutstandingRequests ?? null,
      customHeaders: http?.customHeaders ?? {},
      logLevels: { default: 'information', ...logging?.logLevel },
      durableTask: extensions?.durableTask ?? {},
    },
    notices: ignoredSettings(parsed.data),
  };
}

function ignoredSettings({ extensions = {}, logging = {}, ...rest }: z.infer<typeof hostSchema>): string[] {
  const { $schema: _, version: __, functionTimeout: ___, ...root } = rest;
  const { http = {}, durableTask: ____, ...otherExtensions } = extensions;
  const { logLevel: _____, ...otherLogging } = logging;
  const obeyed = ['routePrefix', 'maxConcurrentRequests', 'maxOutstandingRequests', 'customHeaders'];
  return [
    ...Object.keys(root),
    ...Object.keys(otherExtensions).map((key) => `extensions.${key}`),
    ...Object.keys(http)
      .filter((key) => !obeyed.includes(key))
      .map((key) => `extensions.http.${key}`),
    ...Object.keys(otherLogging).map((key) => `logging.${key}`),
  ].map((name) => `host.json: "${name}" has no effect on this host.`);
}

function settingsError(
  message: string,
  fix: string,
  more: { field?: string; cause?: unknown },
): LamplighterError {
  return new LamplighterError(message, { code: 'host.settings', fault: 'deployment', fix, ...more });
}
