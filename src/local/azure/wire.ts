/** A request as it would go out to Azure: `url` is the original https one; header names are lower-case. */
export type WireRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

export type WireAnswer = {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};
/** `lost`: the connection breaks and the caller learns nothing, whether or not the request took effect. */
export type WireResponse = WireAnswer | { readonly kind: 'lost' };

export const answer = (
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer => ({
  kind: 'answer',
  status,
  headers: body === undefined ? headers : { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
});

/** ARM's error body. */
export const errorAnswer = (
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): WireAnswer => answer(status, { error: { code, message } }, headers);
