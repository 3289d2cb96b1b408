export type ManagementRequest = {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

export type ManagementResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for an empty body. */
  readonly body: string | null;
};

/** Stands where .NET writes its frames. */
const NO_FRAMES = '   at EmbeddedDurableEngine.ManagementApi()';

export function empty(status: number): ManagementResponse {
  return { status, headers: { 'content-length': '0' }, body: null };
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ManagementResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** An error as the extension reports an exception. */
export function exception(
  status: number,
  message: string,
  exceptionMessage: string,
  type: string,
): ManagementResponse {
  return json(status, {
    Message: message,
    ExceptionMessage: exceptionMessage,
    ExceptionType: type,
    StackTrace: NO_FRAMES,
  });
}

/** Something the real extension has and this engine has not. */
export function notOffered(what: string): ManagementResponse {
  return json(501, { Message: `The embedded Durable engine does not offer ${what}.` });
}

const JSON_ERROR = 'Newtonsoft.Json.JsonReaderException';

/** Null if `text` is JSON, else the 400 that says why not. */
export function invalidJson(text: string): ManagementResponse | null {
  if (text.trim() === '') {
    return badJson("Error reading JToken from JsonReader. Path '', line 0, position 0.");
  }
  try {
    JSON.parse(text);
    return null;
  } catch {
    return badJson(
      `Unexpected character encountered while parsing value: ${text.trimStart().charAt(0)}. Path '', line 0, position 0.`,
    );
  }
}

function badJson(why: string): ManagementResponse {
  return exception(400, 'Invalid JSON content', why, JSON_ERROR);
}
