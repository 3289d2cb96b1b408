import { z } from 'zod';
import { titleOfFinding } from '../../core/findings/title.ts';
import type { FindingRecord } from '../../core/findings/types.ts';
import { addressOf } from './compute-address.ts';
import { computeAddress, instant, instantOf, instantOrNull, person } from './scalars.ts';

/** A rule that is or was broken, and the finding's life. */
export const findingView = z.object({
  findingId: z.string(),
  code: z.string(),
  title: z.string(),
  compute: computeAddress.nullable(),
  group: z.object({ per: z.string(), key: z.string(), name: z.string() }).nullable(),
  owner: person.nullable(),
  sentence: z.string(),
  fix: z.string(),
  usdPerMonth: z.number().nullable().meta({ description: 'List price; null: none, or not known' }),
  status: z.enum(['open', 'accepted', 'fixed']),
  raisedAt: instant,
  toldAt: instant.nullable(),
  told: z.number().int().meta({ description: 'How many times somebody was told' }),
  accepted: z.object({ until: instant, by: z.string(), why: z.string().nullable() }).nullable(),
  fixedAt: instant.nullable(),
  deletion: z
    .object({
      consent: z.object({ by: person, at: instant, until: instant }).nullable(),
      askedAt: instant.nullable().meta({ description: 'When Azure was asked to delete it' }),
      failure: z.string().nullable(),
    })
    .nullable()
    .meta({ description: 'What consent may bring about; null: Lamplighter deletes nothing for it' }),
});
export type FindingView = z.infer<typeof findingView>;

function deletionOf({ remedy, consent = null, notice }: FindingRecord): FindingView['deletion'] {
  if (remedy?.kind !== 'delete') return null;
  return {
    consent:
      consent === null
        ? null
        : { by: consent.by, at: instantOf(consent.at), until: instantOf(consent.until) },
    askedAt: instantOrNull(notice?.triedAt),
    failure: notice?.failure ?? null,
  };
}

export function findingViewOf(record: FindingRecord, now: number): FindingView {
  const { about, accepted, fixedAt } = record;
  const isAccepted = accepted !== null && now < accepted.until;
  return {
    findingId: record.findingId,
    code: record.code,
    title: titleOfFinding(record.code),
    compute: about.kind === 'compute' ? addressOf(about.ref) : null,
    group: about.kind === 'group' ? about.group : null,
    owner: record.owner,
    sentence: record.sentence,
    fix: record.fix,
    usdPerMonth: record.usdPerMonth,
    status: fixedAt !== null ? 'fixed' : isAccepted ? 'accepted' : 'open',
    raisedAt: instantOf(record.raisedAt),
    toldAt: instantOrNull(record.toldAt),
    told: record.tellings,
    accepted:
      accepted === null ? null : { until: instantOf(accepted.until), by: accepted.by, why: accepted.why },
    fixedAt: instantOrNull(fixedAt),
    deletion: deletionOf(record),
  };
}
