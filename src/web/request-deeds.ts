import type { RequestView } from '../present/json/request-view.ts';
import { post } from './api.ts';
import { askForComment } from './comment-dialog.ts';
import { confirmFirst } from './dialog.ts';
import type { Doing } from './doing.ts';

export function decide(doing: Doing, request: RequestView, vote: 'approve' | 'reject'): void {
  const label = vote === 'approve' ? 'Approve' : 'Reject';
  const who = request.requestedBy.name ?? request.requestedBy.objectId;
  askForComment(
    `${label} this request?`,
    `${who} asks: ${request.sentence}`,
    { label, danger: vote === 'reject' },
    (comment) =>
      doing(null, async () => {
        const body = comment === null ? {} : { comment };
        const path = `/api/requests/${encodeURIComponent(request.requestId)}/${vote}`;
        return ((await post(path, body)) as RequestView).sentence;
      }),
  );
}

export function cancel(doing: Doing, request: RequestView): void {
  const made = request.status === 'provisioning' ? 'What has been begun is deleted again.' : '';
  confirmFirst('Cancel this request?', `${request.sentence} ${made}`, 'Cancel the request', () =>
    doing(null, async () => {
      const path = `/api/requests/${encodeURIComponent(request.requestId)}/cancel`;
      return ((await post(path)) as RequestView).sentence;
    }),
  );
}
