import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

/** Version of the case files this suite reads. */
export const CASE_FORMAT_VERSION = 1;

const response = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  bodyText: z.string().nullish(),
  body: z.unknown().optional(),
});

const call = z.object({
  op: z.string(),
  at: z.iso.datetime(),
  request: z.object({
    method: z.string(),
    url: z.url(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullish(),
  }),
  response,
});

const wait = z.object({
  op: z.enum(['wait', 'waitEpisodes', 'sleep']),
  at: z.iso.datetime(),
  id: z.string().optional(),
  until: z.string().optional(),
  runtimeStatus: z.string().optional(),
  n: z.number().optional(),
  ms: z.number().optional(),
});

/** What the recorder did beside HTTP: calls of the client library, switches of the application. */
const other = z.object({
  op: z.string(),
  at: z.iso.datetime().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
  payload: z.unknown().optional(),
});

const recordedCase = z.object({
  formatVersion: z.literal(CASE_FORMAT_VERSION),
  case: z.string(),
  description: z.string(),
  recordedAt: z.iso.datetime(),
  notes: z.array(z.string()),
  steps: z.array(z.union([call, wait, other])),
  episodes: z.array(
    z.object({
      function: z.string(),
      instanceId: z.string(),
      parentInstanceId: z.string().nullable(),
      request: z.unknown(),
      response: z.unknown().optional(),
      failure: z.object({ message: z.string() }).nullish(),
    }),
  ),
  activities: z.array(
    z.object({
      function: z.string(),
      instanceId: z.string(),
      input: z.string().nullable(),
      returnValue: z.unknown().optional(),
      failure: z.object({ message: z.string() }).nullish(),
    }),
  ),
  final: z.record(z.string(), response),
});

export type RecordedCase = z.infer<typeof recordedCase>;
export type RecordedCall = z.infer<typeof call>;
export type RecordedStep = RecordedCase['steps'][number];
export type RecordedResponse = z.infer<typeof response>;

/** Reads one case file. Throws an error that names the file if it is damaged or of another format version. */
export function parseCase(fileName: string, text: string): RecordedCase {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`Recording ${fileName} is damaged: it is not JSON.`, { cause });
  }
  const version = (json as { formatVersion?: unknown } | null)?.formatVersion;
  if (version !== CASE_FORMAT_VERSION) {
    throw new Error(
      `Recording ${fileName} has format version ${JSON.stringify(version)}; this suite reads version ${CASE_FORMAT_VERSION}.`,
    );
  }
  const parsed = recordedCase.safeParse(json);
  if (!parsed.success) throw new Error(`Recording ${fileName} is damaged: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** All case files of a folder, in the order of their names. */
export function readCases(folder: URL): { readonly fileName: string; readonly text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((fileName) => ({ fileName, text: readFileSync(new URL(fileName, folder), 'utf8') }));
}
