import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../src/core/policy/parse.ts';
import { demoExemptInstance, demoFleet, demoProtectedTag } from '../../../src/local/azure/index.ts';

const parsed = parsePolicy(
  readFileSync(resolve(import.meta.dirname, '../../../src/local/run/demo-policy.yaml'), 'utf8'),
);
const policy = parsed.ok ? parsed.policy : null;

describe('the policy of npm start', () => {
  it('is one that the app accepts without a remark', () => {
    expect(parsed).toMatchObject({ ok: true, warnings: [] });
  });

  it('protects and exempts what the demo fleet has for that', () => {
    const { computes } = demoFleet(0);

    expect(policy?.protected).toEqual([{ tag: { [demoProtectedTag.name]: [demoProtectedTag.value] } }]);
    expect(policy?.exempt[0]?.match).toEqual({ compute: [demoExemptInstance] });
    expect(computes?.some(({ tags }) => tags?.[demoProtectedTag.name] === demoProtectedTag.value)).toBe(true);
    expect(computes?.some(({ name }) => name === demoExemptInstance)).toBe(true);
  });
});
