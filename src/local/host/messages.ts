export type HeaderList = readonly (readonly [name: string, value: string])[];

/** An HTTP request as it came over the wire or as a caller in this process hands it in. */
export type HostRequest = {
  readonly method: string;
  /** Path with query, percent-encoded as sent: `/api/items/a%20b?x=1`. */
  readonly target: string;
  /** In the order and casing sent; a repeated header is repeated here. */
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  /** Bytes announced by Content-Length when the body was too large to be read; `body` is empty then. */
  readonly oversizedBytes?: number;
};

export type HostResponse = {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
};

const NO_BYTES = new Uint8Array(0);

export function emptyResponse(status: number, headers: HeaderList = []): HostResponse {
  return { status, headers, body: NO_BYTES };
}

export function textResponse(status: number, text: string): HostResponse {
  return contentResponse(status, 'text/plain; charset=utf-8', text);
}

export function jsonResponse(status: number, value: unknown): HostResponse {
  return contentResponse(status, 'application/json; charset=utf-8', JSON.stringify(value));
}

export function contentResponse(status: number, contentType: string, text: string): HostResponse {
  const body = new TextEncoder().encode(text);
  return {
    status,
    headers: [
      ['Content-Length', String(body.length)],
      ['Content-Type', contentType],
    ],
    body,
  };
}

/** All values of one header joined as the host joins them: by a comma without a blank. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const values = headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}
