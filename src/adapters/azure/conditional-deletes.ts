import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { LamplighterError } from '../../core/errors.ts';

/** ETags by the row that may be deleted only under them. */
export type ConditionalDeletes = ReadonlyMap<string, string>;

/**
 * The SDK (13.3) writes `If-Match: *` for every delete of a transaction and takes no ETag. This policy puts the ETag
 * into the batch text. It throws rather than let a delete pass without its condition.
 */
export function conditionalDeletesPolicy(deletes: ConditionalDeletes): PipelinePolicy {
  return {
    name: 'lamplighterConditionalDeletes',
    async sendRequest(request, next) {
      if (!request.url.includes('$batch') || typeof request.body !== 'string') return next(request);
      let seen = 0;
      request.body = request.body.replace(
        /^(DELETE [^\r\n]*RowKey='([^']*)'\)[^]*?\r\nif-match: )\*(?=\r\n)/gim,
        (whole, head: string, row: string) => {
          const etag = deletes.get(decodeURIComponent(row));
          if (etag === undefined) return whole;
          seen += 1;
          return `${head}${etag}`;
        },
      );
      if (seen === deletes.size) return next(request);
      throw new LamplighterError('A conditional delete could not be written into a transaction.', {
        code: 'ledger.sdk-changed',
        fault: 'lamplighter',
        fix: 'Please report this with the version of @azure/data-tables.',
      });
    },
  };
}
