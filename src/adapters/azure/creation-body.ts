import { type CarriedSettings, type Machine, requestTag } from '../../core/provision/machine.ts';

/** `PT1H30M`, as Azure writes the time until its own idle shutdown. */
function isoMinutes(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return `PT${hours > 0 ? `${hours}H` : ''}${rest > 0 || hours === 0 ? `${rest}M` : ''}`;
}

/** Run once, as root, before the instance is Running. */
const scriptsOf = (setupScript: string): object => ({
  scripts: {
    creationScript: {
      scriptSource: 'inline',
      scriptData: Buffer.from(setupScript, 'utf8').toString('base64'),
      timeout: '10m',
    },
  },
});

function identityBody({
  isSystemAssigned,
  userAssignedIds,
}: NonNullable<CarriedSettings['identity']>): object {
  const types = [
    ...(isSystemAssigned ? ['SystemAssigned'] : []),
    ...(userAssignedIds.length > 0 ? ['UserAssigned'] : []),
  ];
  return {
    type: types.join(','),
    ...(userAssignedIds.length === 0
      ? {}
      : { userAssignedIdentities: Object.fromEntries(userAssignedIds.map((id) => [id, {}])) }),
  };
}

/** A compute instance as ARM wants it. */
export function creationBody(machine: Machine, requestId: string, setupScript: string | null): object {
  // Tags of the same name in another casing would make ARM refuse all of them.
  const tags = Object.fromEntries(
    Object.entries(machine.tags).filter(([name]) => name.toLowerCase() !== requestTag),
  );
  const { schedules, carried } = machine;
  return {
    location: machine.location,
    tags: { ...tags, [requestTag]: requestId },
    ...(carried?.identity == null ? {} : { identity: identityBody(carried.identity) }),
    properties: {
      ...carried?.outer,
      computeType: 'ComputeInstance',
      computeLocation: machine.location,
      properties: {
        vmSize: machine.vmSize,
        // The service's own default would let everybody in the workspace open its applications.
        applicationSharingPolicy: 'Personal',
        computeInstanceAuthorizationType: 'personal',
        personalComputeInstanceSettings: {
          assignedUser: { objectId: machine.assignedTo.objectId, tenantId: machine.tenantId },
        },
        // Azure keeps it off for an instance made on behalf of somebody by a setup script, until they enable it.
        enableSSO: setupScript === null,
        ...(setupScript === null ? {} : { setupScripts: scriptsOf(setupScript) }),
        sshSettings:
          machine.sshPublicKey === null
            ? { sshPublicAccess: 'Disabled' }
            : { sshPublicAccess: 'Enabled', adminPublicKey: machine.sshPublicKey },
        ...(machine.subnetId === null ? {} : { subnet: { id: machine.subnetId } }),
        ...(machine.publicIp === null ? {} : { enableNodePublicIp: machine.publicIp }),
        ...(machine.idleShutdownMinutes === null
          ? {}
          : { idleTimeBeforeShutdown: isoMinutes(machine.idleShutdownMinutes) }),
        ...(schedules.length === 0
          ? {}
          : {
              schedules: {
                computeStartStop: schedules.map(({ action, cron, timeZone }) => ({
                  action,
                  status: 'Enabled',
                  triggerType: 'Cron',
                  cron: { expression: cron, timeZone },
                })),
              },
            }),
        ...carried?.inner,
      },
    },
  };
}
