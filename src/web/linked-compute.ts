import type { ComputeAddress } from './compute-address.ts';

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

/** The request that the page was opened for: `?request=ID`. */
export const requestInAddress = (): string | null => new URLSearchParams(location.search).get('request');

/** The part of the page that it was opened for: `?show=findings`. */
export const partInAddress = (): string | null => new URLSearchParams(location.search).get('show');
