import { readFile } from 'node:fs/promises';
import type { PolicySource } from '../../ports/policy-source.ts';
import { policyText, unreadablePolicy } from './policy-text.ts';

const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'reading it is not allowed',
  EPERM: 'reading it is not allowed',
};

/** The policy in a file beside the app. */
export function createPolicyFile(path: string): PolicySource {
  return {
    name: path,
    async read() {
      let bytes: Uint8Array;
      try {
        bytes = await readFile(path);
      } catch (cause) {
        const code = String((cause as NodeJS.ErrnoException).code);
        const known = words[code];
        throw unreadablePolicy(path, known ?? code, { retryable: known === undefined, cause });
      }
      return policyText(path, bytes);
    },
  };
}
