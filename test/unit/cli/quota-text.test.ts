import { describe, expect, it } from 'vitest';
import { quotaText } from '../../../src/cli/quota/quota-text.ts';
import type { AzureQuotaView } from '../../../src/present/json/quota-view.ts';

const deployment = {
  workspace: '/x/workspaces/demand-forecast',
  endpoint: 'api',
  vmSize: null,
  instances: 1,
  family: null,
};
const region: AzureQuotaView = {
  subscription: 's',
  location: 'northeurope',
  readable: true,
  regional: { used: 48, limit: 100 },
  computes: { used: 4, limit: 2500 },
  families: [],
  endpoints: {
    deployments: [
      { ...deployment, deployment: 'blue', cores: 8 },
      { ...deployment, deployment: 'green', cores: null },
    ],
    unread: ['vision'],
    readAt: null,
  },
  workspaceLimits: null,
};
const look = { columns: 120, coloured: false };

describe('what the command line says of quota', () => {
  it('names what online endpoints hold, and what of them is not known', () => {
    const text = quotaText({ note: 'Note.', limits: [], azure: [region] }, look);
    expect(text).toMatch(/endpoint api\/blue in demand-forecast +8/);
    expect(text).toMatch(/endpoint api\/green in demand-forecast +\?/);
    expect(text).toMatch(/endpoints in vision +\? +cannot be read/);
  });

  it('speaks to an admin of the policy, to others of what concerns them', () => {
    expect(quotaText({ note: '', limits: [], azure: [region] }, look)).toMatch(
      /^The policy sets no limit\.$/m,
    );
    expect(quotaText({ note: '', limits: [], azure: [] }, look)).toMatch(/limit that concerns you\.$/m);
  });
});
