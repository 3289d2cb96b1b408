import type { MachineCheckView } from '../present/json/machine-check-view.ts';
import type { RequestView } from '../present/json/request-view.ts';
import { post, read, Refusal } from './api.ts';
import { verdictOf } from './ask-verdict.ts';
import { buttonRow, actButton, labelled, markField, openDialog } from './dialog.ts';
import { element } from './element.ts';
import { dollars, plural } from './wording.ts';

type Workspace = { readonly id: string; readonly name: string; readonly location: string };
type Size = {
  readonly name: string;
  readonly vCPUs: number;
  readonly gpus: number;
  readonly pricePerHourUsd: number | null;
};
/** Fields of the form by the names that the API gives them. */
const fieldIds: Readonly<Record<string, string>> = {
  workspace: 'ask-workspace',
  vmSize: 'ask-size',
  name: 'ask-name',
  for: 'ask-for',
  ssh: 'ask-key',
  sshPublicKey: 'ask-key',
  publicIp: 'ask-ip',
  subnet: 'ask-subnet',
  idleShutdown: 'ask-idle',
};

const option = (value: string, label: string): HTMLElement => element('option', { value }, label);
const sizeLabel = ({ name, vCPUs, gpus, pricePerHourUsd }: Size): string =>
  [
    name,
    `${vCPUs} cores`,
    ...(gpus === 0 ? [] : [plural(gpus, 'GPU')]),
    pricePerHourUsd === null ? 'price not known' : `${dollars(pricePerHourUsd)} an hour`,
  ].join(', ');

/** A field that says nothing is left out. */
const given = (name: string, text: string): object => (text === '' ? {} : { [name]: text });

/**
 * The form that asks for a machine. What a request would meet is shown as soon as workspace and size are chosen; whatever the app
 * finds wrong stands at its field.
 */
export function askForMachine(admin: boolean, asked: (request: RequestView) => void): void {
  const workspace = element('select', { required: true }, option('', 'Choose…'));
  const size = element('select', { required: true }, option('', 'Choose a workspace first'));
  const name = element('input', { autocomplete: 'off', spellcheck: 'false', maxlength: '60' });
  const whom = element('input', { autocomplete: 'off', spellcheck: 'false', maxlength: '60' });
  const key = element('textarea', { rows: '2', spellcheck: 'false', autocomplete: 'off' });
  const ip = element(
    'select',
    {},
    option('', 'As the workspace has it'),
    option('yes', 'Yes'),
    option('no', 'No'),
  );
  const subnet = element('input', { autocomplete: 'off', spellcheck: 'false', maxlength: '600' });
  const idle = element('input', { autocomplete: 'off', placeholder: '2h', maxlength: '20' });
  const verdict = element('div', { role: 'status', class: 'verdict' });
  const general = element('div', { role: 'alert' });
  const send = element('button', { type: 'submit', class: 'main' }, 'Ask for it');

  const { dialog, close } = openDialog('Ask for a machine', (shut) => {
    const form = element(
      'form',
      { novalidate: true },
      labelled('ask-workspace', 'Workspace', workspace),
      labelled(
        'ask-size',
        'Size',
        size,
        'Those that the region offers and the policy allows, the cheapest first.',
      ),
      verdict,
      element(
        'details',
        {},
        element('summary', {}, 'Name, SSH, network, idle shutdown'),
        labelled(
          'ask-name',
          'Name',
          name,
          '3 to 24 letters, digits and -, a letter first. Empty: it gets one.',
        ),
        admin ? labelled('ask-for', 'For', whom, 'Object id of whoever gets it. Empty: you.') : null,
        labelled(
          'ask-key',
          'SSH public key',
          key,
          'One line. Empty: no SSH, and it cannot be switched on later.',
        ),
        labelled('ask-ip', 'Public IP address', ip),
        labelled('ask-subnet', 'Subnet', subnet, 'ARM id. Empty: none.'),
        labelled(
          'ask-idle',
          'Azure’s own idle shutdown',
          idle,
          '15m to 3d. It gives no warning and knows no snooze.',
        ),
      ),
      general,
      buttonRow(send, actButton('Never mind', shut)),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void submit();
    });
    return [form];
  });

  const mark = (field: string, detail: string): boolean => {
    const id = fieldIds[field.split('.')[0] ?? ''];
    return id !== undefined && markField(dialog, id, detail);
  };
  const clean = () => {
    for (const field of Object.keys(fieldIds)) mark(field, '');
    general.replaceChildren();
  };
  /** All faults at their fields, the first of which gets the keyboard; what has no field stands below. */
  const show = (error: unknown) => {
    if (!(error instanceof Refusal)) {
      general.replaceChildren(element('p', {}, 'The app cannot be reached. Try again in a minute.'));
      return;
    }
    const homeless = error.faults.filter(({ field, detail }) => !mark(field, detail));
    const said =
      error.faults.length === 0
        ? [`${error.message} ${error.advice}`]
        : homeless.map(({ field, detail }) => `${field}: ${detail}`);
    general.replaceChildren(...said.map((text) => element('p', {}, text)));
    const first = dialog.querySelector<HTMLElement>('[aria-invalid=true]');
    const folded = first?.closest('details');
    if (folded) folded.open = true;
    first?.focus();
  };

  let asking = 0;
  const check = async () => {
    const mine = (asking += 1);
    verdict.replaceChildren();
    if (workspace.value === '' || size.value === '') return;
    try {
      const said = (await post('/api/quota/check', {
        workspace: workspace.value,
        vmSize: size.value,
        ...given('for', whom.value.trim()),
      })) as MachineCheckView;
      if (mine === asking) verdict.replaceChildren(...verdictOf(said));
    } catch (error) {
      const said = error instanceof Refusal ? error.message : 'What it would meet cannot be told now.';
      if (mine === asking) verdict.replaceChildren(element('p', {}, said));
    }
  };
  const listSizes = async () => {
    size.replaceChildren(option('', 'Choose…'));
    if (workspace.value !== '') {
      const { sizes } = await read<{ sizes: Size[] }>(
        `/api/sizes?workspace=${encodeURIComponent(workspace.value)}`,
      );
      size.append(...sizes.map((one) => option(one.name, sizeLabel(one))));
    }
    await check();
  };
  const submit = async () => {
    clean();
    if (workspace.value === '') mark('workspace', 'Choose a workspace.');
    if (size.value === '') mark('vmSize', 'Choose a size.');
    const missing = dialog.querySelector<HTMLElement>('[aria-invalid=true]');
    if (missing !== null) {
      missing.focus();
      return;
    }
    const publicKey = key.value.trim();
    send.disabled = true;
    try {
      const request = (await post('/api/requests', {
        workspace: workspace.value,
        vmSize: size.value,
        ...given('name', name.value.trim()),
        ...given('for', whom.value.trim()),
        ...(publicKey === '' ? {} : { ssh: true, sshPublicKey: publicKey }),
        ...(ip.value === '' ? {} : { publicIp: ip.value === 'yes' }),
        ...given('subnet', subnet.value.trim()),
        ...given('idleShutdown', idle.value.trim()),
      })) as RequestView;
      close();
      asked(request);
    } catch (error) {
      show(error);
    } finally {
      send.disabled = false;
    }
  };

  workspace.addEventListener('change', () => void listSizes().catch(show));
  size.addEventListener('change', () => void check());
  const listWorkspaces = async () => {
    const { workspaces } = await read<{ workspaces: Workspace[] }>('/api/workspaces');
    const several = new Set(workspaces.map((one) => one.name)).size < workspaces.length;
    workspace.append(
      ...workspaces.map((one) => option(several ? one.id : one.name, `${one.name} (${one.location})`)),
    );
  };
  listWorkspaces().catch(show);
}
