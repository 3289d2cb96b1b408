import { readFileSync, statSync } from 'node:fs';
import { badFlag } from '../flag-values.ts';

const largestBytes = 16 * 1024;
const example = 'Give the path of a public key, such as ~/.ssh/id_ed25519.pub.';

/** The text of a public key's file. Throws `cli.bad-flag`; a private key never leaves this machine. */
export function publicKeyIn(file: string): string {
  let text: string;
  try {
    if (statSync(file).size > largestBytes) {
      throw badFlag(`The file ${file} is too large to be a key.`, 'ssh-key', example);
    }
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'LamplighterError') throw cause;
    throw badFlag(`The key file ${file} cannot be read.`, 'ssh-key', example);
  }
  if (/PRIVATE KEY/.test(text)) {
    throw badFlag(
      `The file ${file} holds a private key, so it was not sent.`,
      'ssh-key',
      `Give the public one, which is ${file}.pub as a rule.`,
    );
  }
  return text;
}
