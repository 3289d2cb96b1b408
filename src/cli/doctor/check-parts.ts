import type { Check } from '../../fleet/self-test/check.ts';

type Parts = Omit<Check, 'name'>;

export const roleFix =
  'Ask for Reader and Monitoring Reader on the subscription, or for the role in infra/roles/reader.json.';

export const ok = (detail: string): Parts => ({ state: 'ok', detail, try: null });
export const bad = (detail: string): Parts => ({ state: 'bad', detail, try: roleFix });
export const unknown = (detail: string): Parts => ({ state: 'unknown', detail, try: null });
