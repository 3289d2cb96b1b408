import type { ComputeRef } from '../../core/ids.ts';
import type { ComputeSettings } from '../../ports/azure.ts';

/** A change of a compute's settings that a sweep would ask Azure for. */
export type NotedSetting = { readonly ref: ComputeRef } & (
  | { readonly kind: 'scale'; readonly minNodes: number | null; readonly scaleDownAfterMs: number | null }
  | { readonly kind: 'idle-shutdown'; readonly minutes: number | null }
);

/** Takes changes of settings for done, and writes them down. */
export function noteSettings(): {
  readonly port: ComputeSettings;
  readonly all: () => readonly NotedSetting[];
} {
  const noted: NotedSetting[] = [];
  return {
    all: () => [...noted],
    port: {
      async setScale(ref, { minNodes, scaleDownAfterMs }) {
        noted.push({
          kind: 'scale',
          ref,
          minNodes: minNodes ?? null,
          scaleDownAfterMs: scaleDownAfterMs ?? null,
        });
        return { ok: true, value: 'accepted' };
      },
      async setIdleShutdown(ref, minutes) {
        noted.push({ kind: 'idle-shutdown', ref, minutes });
        return { ok: true, value: 'accepted' };
      },
    },
  };
}
