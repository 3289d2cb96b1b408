import { readFileSync } from 'node:fs';
import { z } from 'zod';

const headerList = z.array(z.tuple([z.string(), z.string()]));
const request = z.strictObject({
  method: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  body: z.string().optional(),
});
const response = z.union([
  z.strictObject({ error: z.string() }),
  z.strictObject({
    status: z.int(),
    statusText: z.string(),
    headers: headerList,
    body: z.string().optional(),
    bodyBase64: z.string().optional(),
    ms: z.number(),
  }),
]);
const item = z.strictObject({
  title: z.string(),
  request: request.optional(),
  response: response.optional(),
  handlerSaw: z.array(z.unknown()).or(z.record(z.string(), z.unknown())).optional(),
  settings: z.unknown().optional(),
  log: z.array(z.string()).optional(),
  note: z.string().optional(),
});
const recording = z.strictObject({
  group: z.string(),
  description: z.string(),
  items: z.array(item).min(1),
});

export type RecordedRequest = z.infer<typeof request>;
export type RecordedResponse = z.infer<typeof response>;
export type RecordedItem = z.infer<typeof item>;
export type Recording = z.infer<typeof recording>;

/** Reads one file of recordings. Throws, naming the file, when it is missing, damaged or of another format. */
export function readRecording(file: URL): Recording {
  const name = file.pathname.split('/').at(-1) ?? '';
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`The recording ${name} cannot be read.`, { cause });
  }
  const checked = recording.safeParse(parsed);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new Error(
      `The recording ${name} has another format: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    );
  }
  return checked.data;
}

/** The file of one group under test/golden/host. */
export function recordingFile(group: string): URL {
  return new URL(`../../golden/host/${group}.json`, import.meta.url);
}
