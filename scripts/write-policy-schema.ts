import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { policyJsonSchema } from '../src/core/policy/json-schema.ts';

const file = new URL('../docs/policy.schema.json', import.meta.url);
writeFileSync(file, await format(JSON.stringify(policyJsonSchema()), { parser: 'json', printWidth: 110 }));
