import type { Compute } from '../computes.ts';
import { innerOf, memberOf, membersOf, textMember } from '../findings/arm-properties.ts';
import { type CarriedSettings, type Machine, requestTag } from './machine.ts';
import type { NamedLoss } from './recreation.ts';

/** Members that Azure writes itself, or that `Machine` holds in a form of its own. */
const notCarried = new Set(
  [
    'vmSize',
    'subnet',
    'sshSettings',
    'personalComputeInstanceSettings',
    'idleTimeBeforeShutdown',
    'enableNodePublicIp',
    'schedules',
    'state',
    'lastOperation',
    'createdBy',
    'connectivityEndpoints',
    'applications',
    'osImageMetadata',
    'errors',
    'containers',
    'versions',
    'setupScripts',
    // Azure has its own rules for it where there is a setup script, and only the user switches it on.
    'enableSSO',
    'customServices',
    'dataMounts',
    'dataDisks',
    'provisioningState',
  ].map((name) => name.toLowerCase()),
);
/** Members that ARM takes back as it gave them. */
const carriedAsTheyAre = new Set(
  ['applicationSharingPolicy', 'computeInstanceAuthorizationType'].map((name) => name.toLowerCase()),
);

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0);

/** Native schedules without what Azure adds to them. */
function schedulesOf(inner: Readonly<Record<string, unknown>>): readonly object[] {
  const list = memberOf(membersOf(memberOf(inner, 'schedules')), 'computeStartStop');
  if (!Array.isArray(list)) return [];
  return list.map((one) =>
    Object.fromEntries(
      Object.entries(membersOf(one)).filter(
        ([name, value]) => !/^(id|provisioningStatus)$/i.test(name) && value !== null,
      ),
    ),
  );
}

function carriedOf(compute: Compute, inner: Readonly<Record<string, unknown>>): CarriedSettings {
  const kept = Object.entries(inner).filter(
    ([name, value]) => carriedAsTheyAre.has(name.toLowerCase()) && value !== null,
  );
  const schedules = schedulesOf(inner);
  const description = textMember(compute.raw, 'description');
  return {
    identity: compute.identity ?? null,
    outer: {
      ...(description === null ? {} : { description }),
      ...(memberOf(compute.raw, 'disableLocalAuth') === true ? { disableLocalAuth: true } : {}),
    },
    inner: {
      ...Object.fromEntries(kept),
      ...(schedules.length === 0 ? {} : { schedules: { computeStartStop: schedules } }),
    },
  };
}

function lossesOf(
  compute: Compute,
  inner: Readonly<Record<string, unknown>>,
  { sshPublicKey, agent }: Pick<SnapshotHelp, 'sshPublicKey' | 'agent'>,
): readonly NamedLoss[] {
  const losses: NamedLoss[] = [];
  if (compute.sshEnabled === true && sshPublicKey === null) {
    losses.push({
      what: 'ssh',
      detail: 'SSH is on, and Azure does not say with which public key.',
      fix: 'Send the key as "sshPublicKey", or accept "ssh" to have it made without SSH',
    });
  }
  // Ours is written anew.
  if (compute.hasSetupScripts === true && !agent) {
    losses.push({
      what: 'setup-scripts',
      detail: 'It has setup scripts, which may hold secrets and are kept nowhere.',
      fix: 'accept "setup-scripts" to have it made without them',
    });
  }
  if (compute.hasCustomServices) {
    losses.push({
      what: 'custom-services',
      detail: 'It has custom applications, whose secrets Azure does not give.',
      fix: 'accept "custom-services" and set them up again afterwards',
    });
  }
  if (!isEmpty(memberOf(inner, 'dataMounts')) || !isEmpty(memberOf(inner, 'dataDisks'))) {
    losses.push({
      what: 'mounts',
      detail: 'It has data mounts or data disks of its own, which go with it.',
      fix: 'save what is on them, and accept "mounts"',
    });
  }
  if (compute.identity?.isSystemAssigned === true) {
    losses.push({
      what: 'system-identity',
      detail: 'Its system-assigned identity goes with it, and with that every role that was given to it.',
      fix: 'accept "system-identity" and give the new identity its roles afterwards',
    });
  }
  const others = Object.entries(inner).flatMap(([name, value]) => {
    const known = notCarried.has(name.toLowerCase()) || carriedAsTheyAre.has(name.toLowerCase());
    return known || isEmpty(value) ? [] : [name];
  });
  if (others.length > 0) {
    losses.push({
      what: 'other-settings',
      detail: `It has settings that Lamplighter does not know how to carry over: ${others.join(', ')}.`,
      fix: 'accept "other-settings" to have it made without them',
    });
  }
  return losses;
}

export type Snapshot = {
  /** Null: nobody owns it, so that it could be made for nobody. */
  readonly machine: Machine | null;
  readonly losses: readonly NamedLoss[];
  readonly imageVersion: string | null;
};

/** Known of it from elsewhere: Azure does not give keys back, and not always the tenant. */
export type SnapshotHelp = {
  readonly sshPublicKey: string | null;
  readonly tenantId: string;
  /** Its setup script is the one that brings the session agent. */
  readonly agent: boolean;
};

/** Everything that an instance made anew must have as it was, and what it cannot have. */
export function snapshotOf(compute: Compute, help: SnapshotHelp): Snapshot {
  const inner = innerOf(compute) ?? {};
  const assigned = membersOf(
    memberOf(membersOf(memberOf(inner, 'personalComputeInstanceSettings')), 'assignedUser'),
  );
  const publicIp = memberOf(inner, 'enableNodePublicIp');
  const shownKey = textMember(membersOf(memberOf(inner, 'sshSettings')), 'adminPublicKey');
  const sshPublicKey = compute.sshEnabled === true ? (shownKey ?? help.sshPublicKey) : null;
  const image = membersOf(memberOf(inner, 'osImageMetadata'));
  const tags = Object.entries(compute.tags).filter(([name]) => name.toLowerCase() !== requestTag);
  return {
    machine:
      compute.owner === null
        ? null
        : {
            ref: compute.ref,
            location: compute.location,
            vmSize: compute.vmSize ?? '',
            assignedTo: compute.owner,
            tenantId:
              textMember(assigned, 'tenantId') ??
              textMember(membersOf(memberOf(inner, 'createdBy')), 'userOrgId') ??
              help.tenantId,
            sshPublicKey,
            publicIp: typeof publicIp === 'boolean' ? publicIp : null,
            subnetId: textMember(membersOf(memberOf(inner, 'subnet')), 'id'),
            tags: Object.fromEntries(tags),
            idleShutdownMinutes: compute.idleShutdownMinutes ?? null,
            schedules: [],
            agent: help.agent,
            carried: carriedOf(compute, inner),
          },
    losses: lossesOf(compute, inner, { sshPublicKey, agent: help.agent }),
    imageVersion: textMember(image, 'currentImageVersion'),
  };
}

const plain = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(plain).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .map(([name, member]) => [name.toLowerCase(), plain(member)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${name}:${member}`).join(',')}}`;
};
const lower = (text: string | null): string => (text ?? '').toLowerCase();

/** What of a machine that was made is not as it was wanted, each in words; Azure's casing is no difference. */
export function differencesFrom(wanted: Machine, compute: Compute): readonly string[] {
  const made = snapshotOf(compute, {
    sshPublicKey: null,
    tenantId: wanted.tenantId,
    agent: wanted.agent,
  }).machine;
  const differences: string[] = [];
  const check = (what: string, one: string, other: string): void => {
    if (one !== other) differences.push(`${what} (${other || 'none'} instead of ${one || 'none'})`);
  };
  check('size', lower(wanted.vmSize), lower(compute.vmSize));
  check('location', lower(wanted.location), lower(compute.location));
  check('owner', wanted.assignedTo.objectId, compute.owner?.objectId ?? '');
  check('SSH', wanted.sshPublicKey === null ? 'off' : 'on', compute.sshEnabled === true ? 'on' : 'off');
  check('subnet', lower(wanted.subnetId), lower(made?.subnetId ?? null));
  if (wanted.publicIp !== null && made?.publicIp !== null)
    check('public IP', String(wanted.publicIp), String(made?.publicIp));
  check('tags', plain(wanted.tags), plain(made?.tags));
  check(
    'idle shutdown',
    wanted.idleShutdownMinutes === null ? '' : `${wanted.idleShutdownMinutes} min`,
    made?.idleShutdownMinutes == null ? '' : `${made.idleShutdownMinutes} min`,
  );
  const { carried } = wanted;
  if (carried === null) return differences;
  const ids = (of: CarriedSettings | null | undefined): string =>
    (of?.identity?.userAssignedIds ?? []).map(lower).toSorted().join(', ');
  check('managed identities', ids(carried), ids(made?.carried));
  check(
    'system-assigned identity',
    String(carried.identity?.isSystemAssigned === true),
    String(made?.carried?.identity?.isSystemAssigned === true),
  );
  for (const [part, of] of [
    ['outer', carried.outer],
    ['inner', carried.inner],
  ] as const) {
    for (const [name, value] of Object.entries(of)) {
      const shown = Object.entries(made?.carried?.[part] ?? {}).find(
        ([other]) => other.toLowerCase() === name.toLowerCase(),
      );
      check(name, plain(value), plain(shown?.[1]));
    }
  }
  return differences;
}
