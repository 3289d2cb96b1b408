/** Where one instance of a campaign stands. Only `agreed` and `running` may come to a deletion. */
export const campaignStates = [
  'asked',
  'agreed',
  'running',
  'done',
  'declined',
  'failed',
  'gone',
  'no-answer',
  'not-quiet',
  'called-off',
] as const;
export type CampaignState = (typeof campaignStates)[number];
export const isOpenState = (state: CampaignState): boolean =>
  state === 'asked' || state === 'agreed' || state === 'running' || state === 'declined';
