import type { InstanceView } from '../present/json/instance-view.ts';
import { read, Refusal } from './api.ts';
import { type ComputeAddress, pathOf } from './compute-address.ts';
import { buttonRow, confirmFirst, actButton, openDialog } from './dialog.ts';
import { element } from './element.ts';

export type InstanceAction = 'start' | 'stop' | 'restart' | 'delete';

/** What each of them leaves behind: said before, never after. */
const meanings: Readonly<Record<Exclude<InstanceAction, 'start'>, string>> = {
  stop: 'Files on the workspace share and packages on the OS disk stay. Memory, processes and terminals go. Its quota stays used; disk, public IP and load balancer still cost.',
  restart: 'Memory, processes and terminals go. Files and installed packages stay.',
  delete:
    'Its OS disk, /tmp and installed packages are destroyed for good. Files on the workspace share stay. Its quota is free again.',
};

const row = (label: string, value: string | HTMLElement | null): readonly HTMLElement[] =>
  value === null ? [] : [element('dt', {}, label), element('dd', {}, value)];

function sshText({ ssh, publicIp, privateIp }: InstanceView): string {
  if (ssh.enabled !== true) return ssh.enabled === false ? 'off' : 'not known';
  const host = publicIp ?? privateIp;
  if (host === null || ssh.user === null) return 'on';
  return `ssh ${ssh.user}@${host}${ssh.port === null ? '' : ` -p ${ssh.port}`}`;
}

/** Links go to Azure's own addresses only: a name must not become a way to somewhere else. */
const isApplication = (uri: string): boolean =>
  URL.canParse(uri) &&
  new URL(uri).protocol === 'https:' &&
  /\.azureml\.(ms|net)$/.test(new URL(uri).hostname);

function facts(view: InstanceView): HTMLElement {
  const applications = view.applications.filter(({ uri }) => isApplication(uri));
  return element(
    'dl',
    {},
    ...row('State', view.state ?? 'not known'),
    ...row('Size', view.vmSize),
    ...row('Region', view.location),
    ...row('Public address', view.publicIp),
    ...row('Private address', view.privateIp),
    ...row('SSH', sshText(view)),
    ...row(
      'Azure’s own idle shutdown',
      view.idleShutdownMinutes === null ? 'not set' : `after ${view.idleShutdownMinutes} min`,
    ),
    ...row('Azure says', view.errors.length === 0 ? null : view.errors.join(' ')),
    ...row(
      'Applications',
      applications.length === 0
        ? null
        : element(
            'span',
            {},
            ...applications.flatMap(({ name, uri }) => [
              element('a', { href: uri, rel: 'noreferrer', target: '_blank' }, name),
              ' ',
            ]),
          ),
    ),
  );
}

/** What Azure says of an instance now, and what can be done with it. */
export function showInstance(compute: ComputeAddress, act: (action: InstanceAction) => void): void {
  const { compute: name } = compute;
  const { dialog } = openDialog(name, (close) => {
    const asking = (action: Exclude<InstanceAction, 'start'>) => () => {
      close();
      const label = { stop: 'Stop', restart: 'Restart', delete: 'Delete' }[action];
      confirmFirst(
        `${label} ${name}?`,
        meanings[action],
        `${label} it`,
        () => act(action),
        action === 'delete' ? name : null,
      );
    };
    const start = () => {
      close();
      act('start');
    };
    return [
      element('p', { class: 'quiet', role: 'status' }, 'Asking Azure…'),
      buttonRow(
        actButton('Start', start),
        actButton('Stop', asking('stop')),
        actButton('Restart', asking('restart')),
        actButton('Delete', asking('delete'), 'danger'),
      ),
      buttonRow(actButton('Close', close)),
    ];
  });
  read<InstanceView>(`${pathOf(compute)}/details`).then(
    (view) => dialog.querySelector('[role=status]')?.replaceWith(facts(view)),
    (error: unknown) => {
      const said = error instanceof Refusal ? error.message : 'Azure cannot be asked now.';
      const place = dialog.querySelector('[role=status]');
      if (place !== null) place.textContent = said;
    },
  );
}
