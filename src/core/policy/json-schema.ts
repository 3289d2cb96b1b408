import { z } from 'zod';
import { policySchema } from './schema.ts';

/** JSON Schema of the policy file, for editors. It knows single keys; rules across settings are checked at load only. */
export function policyJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(policySchema, { io: 'input', reused: 'ref' });
  return { $schema, title: 'Lamplighter policy, version 1', ...schema };
}
