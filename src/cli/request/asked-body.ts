import { badFlag, pairsOf, valuesOf, yesOrNo } from '../flag-values.ts';
import { publicKeyIn } from './public-key.ts';

export const machineFlags = {
  workspace: {
    type: 'string',
    required: true,
    valueHint: 'NAME',
    description: 'Name or ARM id of the workspace',
  },
  size: {
    type: 'string',
    required: true,
    valueHint: 'SIZE',
    description: 'VM size, such as Standard_DS3_v2',
  },
  name: {
    type: 'string',
    valueHint: 'NAME',
    description: '3 to 24 characters; left out: Lamplighter names it',
  },
  for: { type: 'string', valueHint: 'OBJECT-ID', description: 'Whoever it is for, if not you (admins only)' },
  'ssh-key': {
    type: 'string',
    valueHint: 'FILE',
    description: 'Switches SSH on, with the public key in this file',
  },
  'public-ip': { type: 'string', valueHint: 'yes|no', description: 'Left out: what the workspace says' },
  subnet: {
    type: 'string',
    valueHint: 'ARM-ID',
    description: 'Subnet to put it into; "none": outside of any',
  },
  'idle-shutdown': { type: 'string', valueHint: '2h', description: 'Azure’s own idle shutdown, 15m to 3d' },
  'start-at': {
    type: 'string',
    valueHint: 'CRON',
    description: 'Azure’s own schedule starts it then; may be repeated',
  },
  'stop-at': {
    type: 'string',
    valueHint: 'CRON',
    description: 'Azure’s own schedule stops it then; may be repeated',
  },
  'time-zone': { type: 'string', valueHint: 'ZONE', description: 'Windows time zone of both; left out: UTC' },
  tag: { type: 'string', valueHint: 'NAME=VALUE', description: 'A tag of the instance; may be repeated' },
  agent: {
    type: 'boolean',
    description:
      'Install the session agent by a setup script; single sign-on is off then until its user enables it',
  },
  'waiting-list': { type: 'boolean', description: 'Where there is no room for it now, wait for some' },
  'auto-start': {
    type: 'boolean',
    description: 'With --waiting-list: ask for it at once when there is room',
  },
} as const;

/** How the API’s fields are called here. */
export const machineFlagNames: Readonly<Record<string, string>> = {
  workspace: '--workspace',
  vmSize: '--size',
  name: '--name',
  for: '--for',
  ssh: '--ssh-key',
  sshPublicKey: '--ssh-key',
  publicIp: '--public-ip',
  subnet: '--subnet',
  idleShutdown: '--idle-shutdown',
  schedules: '--start-at/--stop-at/--time-zone',
  tags: '--tag',
  agent: '--agent',
  waitingList: '--waiting-list',
  autoStart: '--auto-start',
};

type Switch = 'agent' | 'waiting-list' | 'auto-start';
type Given = Readonly<
  Partial<Record<Exclude<keyof typeof machineFlags, Switch>, string | undefined>> &
    Partial<Record<Switch, boolean | undefined>>
>;

/** What is asked of the app. Its form is the app's to judge, so that all faults come at once. Throws `cli.bad-flag`. */
export function askedBody(given: Given, rawArgs: readonly string[]): object {
  const sshKey = given['ssh-key'];
  const zone = given['time-zone'];
  const scheduleOf = (action: 'Start' | 'Stop') => (cron: string) => ({
    action,
    cron,
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  const schedules = [
    ...valuesOf('start-at', rawArgs).map(scheduleOf('Start')),
    ...valuesOf('stop-at', rawArgs).map(scheduleOf('Stop')),
  ];
  if (zone !== undefined && schedules.length === 0) {
    throw badFlag('--time-zone is of no schedule.', 'time-zone', 'Give --start-at or --stop-at with it.');
  }
  const body = {
    workspace: given.workspace,
    vmSize: given.size,
    name: given.name,
    for: given.for,
    ...(sshKey === undefined ? {} : { ssh: true, sshPublicKey: publicKeyIn(sshKey) }),
    publicIp: yesOrNo('public-ip', given['public-ip']),
    subnet: given.subnet === 'none' ? null : given.subnet,
    idleShutdown: given['idle-shutdown'],
    schedules,
    tags: pairsOf('tag', rawArgs),
    agent: given.agent === true ? true : undefined,
    waitingList: given['waiting-list'] === true ? true : undefined,
    autoStart: given['auto-start'] === true ? true : undefined,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
