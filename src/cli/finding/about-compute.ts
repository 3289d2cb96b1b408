import { computeKey, parseComputeRef, sameName } from '../../core/ids.ts';
import type { FindingView } from '../../present/json/finding-view.ts';
import { parseWrittenCompute } from '../door/compute-path.ts';

/** Findings about computes that bear the name, or are at the address. Throws `name.invalid`. */
export function aboutCompute(findings: readonly FindingView[], text: string): readonly FindingView[] {
  const written = parseWrittenCompute(text);
  return findings.filter(({ compute }) => {
    if (compute === null) return false;
    if (written.kind === 'address') {
      return computeKey(parseComputeRef(compute)) === computeKey(written.ref);
    }
    const { workspace } = written;
    return (
      sameName(compute.compute, written.compute) &&
      (workspace === null || sameName(compute.workspace, workspace))
    );
  });
}
