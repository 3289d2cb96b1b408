import type { HeaderList, HostResponse } from './messages.ts';

/** Headers that the recorded server writes first and in its own casing, in this order; all others follow as they came. */
const KNOWN = [
  'Content-Length',
  'Connection',
  'Content-Type',
  'Date',
  'Server',
  'Accept-Ranges',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Headers',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
  'Age',
  'Allow',
  'Alt-Svc',
  'Cache-Control',
  'Content-Encoding',
  'Content-Language',
  'Content-Location',
  'Content-MD5',
  'Content-Range',
  'ETag',
  'Expires',
  'Keep-Alive',
  'Location',
  'Pragma',
  'Proxy-Authenticate',
  'Proxy-Connection',
  'Retry-After',
  'Set-Cookie',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'Vary',
  'Via',
  'Warning',
  'WWW-Authenticate',
];
const RANK = new Map(KNOWN.map((name, index) => [name.toLowerCase(), index]));

export type FinishContext = {
  readonly method: string;
  readonly now: number;
  readonly serverName: string;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly closeConnection: boolean;
};

/** Completes an answer to what goes on the wire: Date, Server, custom headers, framing, order. */
export function finishResponse(response: HostResponse, context: FinishContext): HostResponse {
  const bodiless = response.status === 204 || response.status === 304;
  const dropsBody = bodiless || context.method === 'HEAD';
  const has = (name: string): boolean => response.headers.some(([key]) => key.toLowerCase() === name);
  const framed = has('transfer-encoding') || has('content-length');
  const headers: HeaderList = [
    ...response.headers.filter(([name]) => !dropsBody || name.toLowerCase() !== 'transfer-encoding'),
    ...when(!dropsBody && !framed, 'Content-Length', String(response.body.length)),
    ...when(context.closeConnection && !has('connection'), 'Connection', 'close'),
    ...when(!has('date'), 'Date', new Date(context.now).toUTCString()),
    ...when(!has('server'), 'Server', context.serverName),
    ...Object.entries(context.customHeaders).filter(([name]) => !has(name.toLowerCase())),
  ];
  return {
    status: response.status,
    headers: inWireOrder(headers),
    body: dropsBody ? new Uint8Array(0) : response.body,
  };
}

function when(condition: boolean, name: string, value: string): HeaderList {
  return condition ? [[name, value]] : [];
}

function inWireOrder(headers: HeaderList): HeaderList {
  return headers
    .map(([name, value]) => [KNOWN[rankOf(name)] ?? name, value] as const)
    .sort(([one], [other]) => rankOf(one) - rankOf(other));
}

function rankOf(name: string): number {
  return RANK.get(name.toLowerCase()) ?? KNOWN.length;
}
