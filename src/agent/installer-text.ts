import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { LamplighterError } from '../core/errors.ts';
import type { AgentFiles } from './agent-files.ts';

/** Nothing that a shell could take for more than a word. */
const plainAddress = /^https?:\/\/[-A-Za-z0-9.:[\]]+(?:\/[-\w./~]*)?$/;

function checked(address: string): string {
  const bare = address.replace(/\/+$/, '');
  if (plainAddress.test(bare)) return bare;
  throw new LamplighterError('This deployment does not know an address that agents can reach it by.', {
    code: 'agent.no-address',
    fault: 'deployment',
    field: 'LAMPLIGHTER_PUBLIC_URL',
    fix: 'Set LAMPLIGHTER_PUBLIC_URL to the address at which people reach the app.',
  });
}

export const checksumOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** The installer of one deployment: with its address, and the checksum of the script it is to fetch there. */
export function installerText(files: AgentFiles, address: string): string {
  const url = checked(address);
  return files.installer
    .replaceAll('@ADDRESS@', () => url)
    .replaceAll('@SHA256@', () => checksumOf(files.script));
}

/** The lines for the owner: to bring the agent onto a machine, and to take it off again. */
export const installLine = (address: string, code: string): string =>
  `curl -fsSL ${checked(address)}/api/agent | sudo sh -s -- ${code}`;
export const removeLine = (address: string): string =>
  `curl -fsSL ${checked(address)}/api/agent | sudo sh -s -- --remove`;
