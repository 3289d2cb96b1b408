/** Whether a role's pattern (`Microsoft.MachineLearningServices/workspaces/computes/*`) covers an action; case does not matter. */
export function covers(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}
