import { RestError, type HttpClient } from '@azure/core-rest-pipeline';
import type { SimulatedAzure } from '../azure/index.ts';
import type { Fence } from './fence.ts';

/** A call on its way from the app to Azure. */
export type AzureCall = { readonly method: string; readonly path: string };
/** The compute's lower-cased ARM id, if the call asks to stop it. */
export const stoppedBy = ({ method, path }: AzureCall): string | null =>
  method === 'POST' && path.endsWith('/stop') ? path.slice(0, -'/stop'.length) : null;

/** The ARM id of the instance that the call asks to start. */
export const startedBy = ({ method, path }: AzureCall): string | null =>
  method === 'POST' && path.endsWith('/start') ? path.slice(0, -'/start'.length) : null;

/** The ARM id of the instance whose idle shutdown by the platform the call writes. */
export const idleSettingOf = ({ method, path }: AzureCall): string | null =>
  method === 'POST' && path.endsWith('/updateidleshutdownsetting')
    ? path.slice(0, -'/updateidleshutdownsetting'.length)
    : null;

export type AzureWatch = {
  /** Before it leaves. */
  beforeCall(call: AzureCall): Promise<void>;
  /** When Azure has dealt with it: whether a write was accepted, and what was answered, if anything. */
  afterCall(call: AzureCall, accepted: boolean, answer: { status: number; body: string } | null): void;
};

const lost = (request: ConstructorParameters<typeof RestError>[1]): RestError =>
  new RestError('socket hang up', { code: 'ECONNRESET', ...request });

/** The way from one life of the app to the simulated Azure: watched, and closed once that life is over. */
export function azureDoor(
  inner: HttpClient,
  azure: SimulatedAzure,
  fence: Fence,
  watch: AzureWatch,
): HttpClient {
  return {
    async sendRequest(request) {
      const call = { method: request.method, path: new URL(request.url).pathname.toLowerCase() };
      if (!fence.isDown) await watch.beforeCall(call);
      if (fence.isDown) throw lost({ request });
      const writesBefore = azure.writes.length;
      const accepted = (): boolean => azure.writes.length > writesBefore;
      try {
        const response = await inner.sendRequest(request);
        const { status, bodyAsText } = response;
        watch.afterCall(call, accepted(), { status, body: bodyAsText ?? '' });
        if (fence.isDown) throw lost({ request });
        return response;
      } catch (thrown) {
        if (!fence.isDown) watch.afterCall(call, accepted(), null);
        throw thrown;
      }
    },
  };
}
