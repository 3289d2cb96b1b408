import type { Fault, LamplighterError } from '../../core/errors.ts';

/** Codes whose status says more than whose fault it was. */
const byCode: Readonly<Record<string, number>> = {
  'auth.missing': 401,
  'auth.invalid': 401,
  'auth.forbidden': 403,
  'auth.cross-site': 403,
  'request.too-large': 413,
  'request.media-type': 415,
  'request.too-many': 429,
  'idempotency.reused': 422,
  'idempotency.in-progress': 409,
  'batch.missing': 404,
  'batch.not-held': 409,
  'agent.unknown': 401,
  'agent.code': 401,
  'agent.clock': 401,
  'agent.replayed': 409,
  'agent.no-address': 503,
  'policy.nothing-pending': 404,
  'regret.no-stop': 409,
  'snooze.no-stop': 409,
  'after-job.no-job': 409,
  'after-job.no-such-job': 404,
  'after-job.job-ended': 409,
  'after-job.mode-off': 409,
  'after-job.kept': 409,
  'compute.not-running': 409,
  'finding.no-remedy': 409,
  'approval.own-request': 403,
  'approval.no-role': 403,
  'link.other-person': 403,
  'link.expired': 410,
  'link.used': 409,
  'link.in-progress': 409,
};

const byFault: Readonly<Record<Fault, number>> = {
  caller: 400,
  policy: 409,
  azure: 502,
  deployment: 503,
  lamplighter: 500,
};
const retryableByFault: Readonly<Record<Fault, number>> = { ...byFault, azure: 503, lamplighter: 503 };

/** The HTTP status that answers a fault. A code ending in `.not-found` is a 404, in `.conflict` a 409. */
export function statusOf(fault: LamplighterError): number {
  const known = byCode[fault.code];
  if (known !== undefined) return known;
  if (fault.code.endsWith('.not-found')) return 404;
  if (fault.code.endsWith('.conflict')) return 409;
  return (fault.retryable ? retryableByFault : byFault)[fault.fault];
}
