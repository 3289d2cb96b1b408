import type { OpenRoute } from '../route.ts';

/** Says that the app is loaded and its settings were accepted; it looks no further, since anybody may ask. */
export const health: OpenRoute = {
  name: 'httpHealth',
  path: 'health',
  summary: 'Whether the app runs',
  contentType: 'application/json',
  answer: () => ({ body: JSON.stringify({ status: 'ok' }) }),
};
