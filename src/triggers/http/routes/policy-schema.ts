import { policyJsonSchema } from '../../../core/policy/json-schema.ts';
import type { OpenRoute } from '../route.ts';

/** For editors, which complete and check a policy file with it; they cannot sign in. */
export const policySchemaRoute: OpenRoute = {
  name: 'httpPolicySchema',
  path: 'policy/schema',
  summary: 'The policy file’s JSON Schema',
  contentType: 'application/schema+json',
  answer: () => ({ body: JSON.stringify(policyJsonSchema()) }),
};
