import { answer, type WireAnswer } from './wire.ts';
import type { ArmRequest } from './arm-route.ts';
import type { AzureParts } from './azure-parts.ts';
import type { ComputeRecord } from './compute-record.ts';

/** The status address of an operation that the record's pending change will end. */
export function operationHeaders(
  request: ArmRequest,
  parts: AzureParts,
  record: ComputeRecord,
  doneAt: number | null,
): { readonly status: string; readonly result: string } {
  const operation = parts.operations.add(doneAt, record.pending?.error ?? null);
  const base = `https://management.azure.com/subscriptions/${request.params['subscription'] ?? ''}/providers/Microsoft.MachineLearningServices/locations/${record.location}`;
  const tail = `${operation.id}?api-version=${request.apiVersion}`;
  return {
    status: `${base}/computeOperationsStatus/${tail}`,
    result: `${base}/computeOperationsResults/${tail}`,
  };
}

/** 202, with or without the headers that say where to ask: Azure does both. */
export function acceptedAnswer(
  request: ArmRequest,
  parts: AzureParts,
  record: ComputeRecord,
  doneAt: number | null,
  withLocation: boolean,
): WireAnswer {
  const { acceptedHeaders } = parts.habits;
  const { status, result } = operationHeaders(request, parts, record, doneAt);
  const shown = acceptedHeaders === 'always' || (acceptedHeaders === 'seeded' && parts.random() < 0.5);
  if (!shown) return answer(202);
  return answer(202, undefined, {
    'azure-asyncoperation': status,
    ...(withLocation ? { location: result } : {}),
    'retry-after': '10',
  });
}
