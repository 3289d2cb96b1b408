import type { Directory } from '../../ports/azure.ts';

type Answer<Key extends keyof Directory> = ReturnType<Directory[Key]>;

/**
 * Asks for each person and each group once: without a ledger every workspace's owners are new. Where the caller may not
 * ask at all, one refusal speaks for all.
 */
export function rememberingDirectory(directory: Directory): Directory {
  const people = new Map<string, Answer<'person'>>();
  const groups = new Map<string, Answer<'members'>>();
  let refusal: Answer<'person'> | null = null;

  async function ask(objectId: Parameters<Directory['person']>[0]): Answer<'person'> {
    if (refusal !== null) return refusal;
    const answer = await directory.person(objectId);
    if (!answer.ok && answer.kind === 'forbidden') refusal ??= Promise.resolve(answer);
    return answer;
  }

  return {
    person(objectId) {
      const answer = people.get(objectId) ?? ask(objectId);
      people.set(objectId, answer);
      return answer;
    },
    members(groupId) {
      const answer = groups.get(groupId) ?? directory.members(groupId);
      groups.set(groupId, answer);
      return answer;
    },
  };
}
