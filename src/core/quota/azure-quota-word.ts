/** Azure's word on one limit that was to be set, explained. */
export type QuotaWord = { readonly sentence: string; readonly fix: string };

const words: Readonly<Record<string, QuotaWord>> = {
  invalidquotabelowclusterminimum: {
    sentence: 'It is below the nodes that the workspace’s clusters keep at least.',
    fix: 'Lower the minimum of its clusters first, or set a higher limit.',
  },
  invalidquotaexceedssubscriptionlimit: {
    sentence: 'It is above what the subscription itself may hold of this family in the region.',
    fix: 'Set a lower limit, or ask Azure for more quota of the subscription.',
  },
  invalidvmfamilyname: {
    sentence: 'Azure knows no VM family of this name there.',
    fix: 'GET /api/quota names the families of the region that are in use.',
  },
  operationnotsupportedforsku: {
    sentence: 'Azure lets nobody set limits for workspaces of this edition.',
    fix: 'Limit it by a quota in the policy file (per: workspace).',
  },
  operationnotenabledforregion: {
    sentence: 'Azure does not let limits of workspaces be set in this region.',
    fix: 'Limit it by a quota in the policy file (per: workspace).',
  },
  failure: {
    sentence: 'Azure could not set it, and does not say why.',
    fix: 'Send it again in a few minutes.',
  },
};

/** Null: it is set. A word that nobody has seen yet is passed on. */
export function quotaWord(status: string): QuotaWord | null {
  const key = status.toLowerCase();
  if (key === 'success') return null;
  return (
    words[key] ?? {
      sentence: `Azure answers ${JSON.stringify(status.slice(0, 80))}, and does not say that it is set.`,
      fix: 'GET /api/quota shows what is set now; send it again if it is not.',
    }
  );
}
