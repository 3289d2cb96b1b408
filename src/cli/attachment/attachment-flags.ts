import { LamplighterError } from '../../core/errors.ts';
import { secretLikeMembers } from '../../core/targets/attachment-body.ts';
import { parseSecretAddress, secretNames } from '../../core/targets/attachment-secrets.ts';
import { nearestWord } from '../../core/yaml/nearest.ts';
import { badFlag, pairsOf } from '../flag-values.ts';

const secretHint =
  'NAME=https://VAULT.vault.azure.net/secrets/SECRET: where a secret lies, never the secret; may be repeated';

/** Flags of what is attached. */
export const attachmentFlags = {
  'resource-id': { type: 'string', valueHint: 'ARM-ID', description: 'ARM id of what it points at' },
  property: {
    type: 'string',
    valueHint: 'NAME=VALUE',
    description: 'A property of the kind’s own, its value as JSON or text; may be repeated',
  },
  tag: { type: 'string', valueHint: 'NAME=VALUE', description: 'A tag; may be repeated' },
  secret: { type: 'string', valueHint: 'NAME=ADDRESS', description: secretHint },
} as const;

export const attachmentFlagNames = {
  workspace: '--workspace',
  name: '--name',
  kind: '--kind',
  resourceId: '--resource-id',
  region: '--region',
  localAuth: '--local-auth',
  description: '--description',
  properties: '--property',
  tags: '--tag',
  secrets: '--secret',
  oldSecrets: '--old-secret',
} as const;

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Throws `cli.bad-flag` for what looks like a secret: it would stand in the shell's history. */
export function propertiesOf(rawArgs: readonly string[]): Readonly<Record<string, unknown>> {
  const given = Object.entries(pairsOf('property', rawArgs));
  const properties = Object.fromEntries(given.map(([name, text]) => [name, jsonOrText(text)]));
  const [place] = secretLikeMembers(properties);
  if (place === undefined) return properties;
  throw badFlag(
    `The property ${place} looks like a secret, so nothing was sent.`,
    'property',
    'Leave it out, and say with --secret where in a Key Vault it lies. Change the secret: it stands in your shell’s history now.',
  );
}

/** Addresses of secrets by their names. Throws `cli.bad-flag`, and never repeats what was given. */
export function secretsOf(
  flag: 'secret' | 'old-secret',
  rawArgs: readonly string[],
): Readonly<Record<string, string>> {
  const secrets = pairsOf(flag, rawArgs, { isSecret: true });
  for (const [name, address] of Object.entries(secrets)) {
    if (!secretNames.some((known) => known === name)) {
      const near = nearestWord(name, secretNames);
      const hint = near === undefined ? '' : `Did you mean ${near}? `;
      throw badFlag(
        `--${flag}: there is no secret of this name.`,
        flag,
        `${hint}There are: ${secretNames.join(', ')}.`,
      );
    }
    try {
      parseSecretAddress(address);
    } catch (error) {
      if (!(error instanceof LamplighterError)) throw error;
      throw badFlag(`--${flag} ${name}: ${error.message} Nothing was sent.`, flag, error.fix);
    }
  }
  return secrets;
}
