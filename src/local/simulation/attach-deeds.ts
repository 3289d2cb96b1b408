import { takesSecrets, type SecretAddresses } from '../../core/targets/attachment-secrets.ts';
import { attachableTargetOf } from '../../core/targets/catalogue.ts';
import { splitProperties } from '../azure/inner-properties.ts';
import { expandResourceId } from '../azure/index.ts';
import { answered, refused, type DeedOutcome } from './deed-outcome.ts';
import { doorOf } from './people.ts';
import type { SendKeyed } from './request-deeds.ts';
import type { Deed } from './scenario/types.ts';
import type { Stage } from './stage.ts';

type ChangeDeed = Extract<Deed, { do: 'attach' | 'detach' | 'reattach' }>;

/** Every key, password and token of a scenario is a Key Vault secret that exists; a request has to name it. */
function secretsOf(kind: string, name: string): SecretAddresses {
  const target = attachableTargetOf(kind);
  if (target === null || !takesSecrets(target.kind)) return {};
  const address = `https://scenario.vault.azure.net/secrets/${name}`;
  return target.kind === 'Databricks' ? { accessToken: address } : { password: address };
}

function localAuthOf(outer: Readonly<Record<string, unknown>>): { readonly localAuth?: boolean } {
  const off = outer['disableLocalAuth'];
  return typeof off === 'boolean' ? { localAuth: !off } : {};
}

async function attach(
  stage: Stage,
  send: SendKeyed,
  deed: Extract<ChangeDeed, { do: 'attach' }>,
  key: string,
): Promise<DeedOutcome> {
  const { outer, inner } = splitProperties(deed.properties);
  stage.expectAttachment(deed);
  const answer = await send(
    'POST',
    '/api/attachments',
    {
      workspace: deed.workspace,
      name: deed.name,
      kind: deed.kind,
      ...(deed.resourceId === '' ? {} : { resourceId: expandResourceId(deed.resourceId) }),
      ...localAuthOf(outer),
      properties: inner,
      tags: deed.tags,
      secrets: secretsOf(deed.kind, deed.name),
    },
    key,
  );
  stage.changes.answered('attach', deed.id, answer);
  return answered(answer, `${deed.by} attaches ${deed.name} to ${deed.workspace}.`);
}

/** Somebody attaches a target through Lamplighter, takes one off, or changes one. */
export async function changeAttachment(
  stage: Stage,
  send: SendKeyed,
  deed: ChangeDeed,
  key: string,
): Promise<DeedOutcome> {
  if (deed.do === 'attach') return attach(stage, send, deed, key);
  const ref = stage.refOf(deed);
  if (ref === null) return refused(`There is no compute ${deed.compute}.`);
  if (deed.do === 'detach') {
    const answer = await send('POST', doorOf(ref, 'detach'), undefined, key);
    stage.changes.answered('detach', deed.id, answer);
    return answered(answer, `${deed.by} detaches ${deed.compute}.`);
  }
  const kind = stage.azure.compute(deed.compute, deed.workspace)?.kind ?? '';
  const { outer, inner } = splitProperties(deed.properties);
  const answer = await send(
    'POST',
    doorOf(ref, 'reattach'),
    {
      ...(deed.resourceId === null ? {} : { resourceId: expandResourceId(deed.resourceId) }),
      ...localAuthOf(outer),
      properties: inner,
      secrets: secretsOf(kind, deed.compute),
      oldSecrets: secretsOf(kind, `${deed.compute}-old`),
    },
    key,
  );
  stage.changes.answered('reattach', deed.id, answer);
  return answered(answer, `${deed.by} attaches ${deed.compute} anew.`);
}
