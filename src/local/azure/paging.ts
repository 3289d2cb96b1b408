import { answer, type WireAnswer } from './wire.ts';
import type { ArmRequest } from './arm-route.ts';
import type { Json } from './json.ts';

/** One page of a list and the link to the next, as ARM writes it. `$skip` is the service's own token. */
export function page<T>(
  rows: readonly T[],
  pageSize: number,
  request: ArmRequest,
  render: (row: T) => Json,
): WireAnswer {
  const skip = Math.max(0, Number.parseInt(request.query.get('$skip') ?? '0', 10) || 0);
  const value = rows.slice(skip, skip + pageSize).map(render);
  if (skip + pageSize >= rows.length) return answer(200, { value });
  const next = new URL(`https://management.azure.com${request.url.pathname}`);
  for (const [name, text] of request.query) if (name !== '$skip') next.searchParams.set(name, text);
  next.searchParams.set('$skip', String(skip + pageSize));
  return answer(200, { value, nextLink: next.href });
}
