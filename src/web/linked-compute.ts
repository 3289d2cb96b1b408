import type { ComputeView } from '../present/json/compute-view.ts';

export type ComputeAddress = Pick<ComputeView, 'subscription' | 'resourceGroup' | 'workspace' | 'compute'>;

const armId =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/[^/]+\/workspaces\/([^/]+)\/computes\/([^/]+)$/i;

/** The compute that the page was opened for: `?compute=ARM-ID`, with what the link was about: `&do=snooze` or `&do=enrol`. */
export function computeInAddress(): {
  readonly compute: ComputeAddress;
  readonly snooze: boolean;
  readonly enrol: boolean;
} | null {
  const asked = new URLSearchParams(location.search);
  const [, subscription, resourceGroup, workspace, compute] = armId.exec(asked.get('compute') ?? '') ?? [];
  if (!subscription || !resourceGroup || !workspace || !compute) return null;
  return {
    compute: { subscription, resourceGroup, workspace, compute },
    snooze: asked.get('do') === 'snooze',
    enrol: asked.get('do') === 'enrol',
  };
}
