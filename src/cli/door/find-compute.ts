import { LamplighterError } from '../../core/errors.ts';
import { computeKey, type ComputeRef, parseComputeRef, sameName } from '../../core/ids.ts';
import { nearestWord } from '../../core/yaml/nearest.ts';
import type { ComputeAddress } from '../../present/json/compute-address.ts';
import type { RequestView } from '../../present/json/request-view.ts';
import type { AppDoor } from './app-door.ts';
import { addressText, parseWrittenCompute, type WrittenCompute } from './compute-path.ts';
import { bodyOf } from './problem.ts';
import { readComputes } from './read-computes.ts';

type Named = Extract<WrittenCompute, { kind: 'name' }>;

/** The one of `known` that bears the name. Throws `cli.ambiguous` with all addresses, or `compute.not-found`. */
export function oneOf(known: readonly ComputeAddress[], written: Named, what: string): ComputeRef {
  const wanted = known.filter(
    ({ compute, workspace }) =>
      sameName(compute, written.compute) &&
      (written.workspace === null || sameName(workspace, written.workspace)),
  );
  const refs = [...new Map(wanted.map(parseComputeRef).map((ref) => [computeKey(ref), ref])).values()];
  const [ref] = refs;
  if (ref !== undefined && refs.length === 1) return ref;
  if (ref !== undefined) {
    throw new LamplighterError(
      [
        `${refs.length} ${what}s bear the name ${written.compute}:`,
        ...refs.map((one) => `  ${addressText(one)}`),
      ].join('\n'),
      {
        code: 'cli.ambiguous',
        fault: 'caller',
        field: 'compute',
        fix: 'Give one of these addresses, or WORKSPACE/NAME.',
      },
    );
  }
  const near = nearestWord(
    written.compute,
    known.map(({ compute }) => compute),
  );
  const where = written.workspace === null ? '' : ` in workspace ${written.workspace}`;
  throw new LamplighterError(
    `Lamplighter knows no ${what} ${written.compute}${where} that is yours to see.`,
    {
      code: 'compute.not-found',
      fault: 'caller',
      field: 'compute',
      fix: `${near === undefined ? '' : `Did you mean ${near}? `}One that no sweep has seen yet is found by SUBSCRIPTION/RESOURCE-GROUP/WORKSPACE/NAME.`,
    },
  );
}

/** What a request has made is there before a sweep has seen it. */
async function madeByRequests(door: AppDoor): Promise<readonly ComputeAddress[]> {
  const { requests } = bodyOf<{ requests: readonly RequestView[] }>(
    await door.call('GET', '/api/requests?status=completed&limit=500'),
  );
  return requests.flatMap(({ compute }) => (compute === null ? [] : [compute]));
}

/**
 * The compute that somebody means: an address as it is, a name where it is unique among those the caller may see. Throws
 * `name.invalid`, `cli.ambiguous` or `compute.not-found`.
 */
export async function findCompute(door: AppDoor, text: string): Promise<ComputeRef> {
  const written = parseWrittenCompute(text);
  if (written.kind === 'address') return written.ref;
  const query: Record<string, string> = written.workspace === null ? {} : { workspace: written.workspace };
  const seen = await readComputes(door, query);
  if (seen.some(({ compute }) => sameName(compute, written.compute))) return oneOf(seen, written, 'instance');
  return oneOf([...seen, ...(await madeByRequests(door))], written, 'instance');
}
