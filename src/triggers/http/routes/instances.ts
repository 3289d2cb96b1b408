import { z } from 'zod';
import { LamplighterError } from '../../../core/errors.ts';
import type { ComputeRef } from '../../../core/ids.ts';
import { actOnInstance, type InstanceAction } from '../../../fleet/provision/act-on-instance.ts';
import { instanceCost } from '../../../fleet/instance-cost.ts';
import { addressOf } from '../../../present/json/compute-address.ts';
import { instanceView, instanceViewOf } from '../../../present/json/instance-view.ts';
import { computeAddress, formatVersion } from '../../../present/json/scalars.ts';
import type { AppDoors } from '../app-doors.ts';
import { computeParams, computePathTemplate } from '../compute-params.ts';
import { answer, route, type Route } from '../route.ts';
import { usableInstance } from '../usable-instance.ts';

const acted = computeAddress.extend({
  formatVersion,
  action: z.enum(['start', 'stop', 'restart', 'delete']),
  already: z.boolean().meta({ description: 'It was there or on its way there; nothing was asked of Azure' }),
  state: z.string().meta({ description: 'As Azure shows it now; follow the details until it has arrived' }),
  sentence: z.string(),
});

const sentences: Readonly<Record<InstanceAction, string>> = {
  start: 'Azure is starting it; that takes about three minutes.',
  stop: 'Azure is stopping it: files on the workspace share and packages on the OS disk stay, memory, processes and terminals go. Its quota stays used; disk, public IP and load balancer still cost.',
  restart: 'Azure is restarting it: memory, processes and terminals go, files stay.',
  delete:
    'Azure is deleting it: files on the workspace share stay; the OS disk, /tmp and installed packages go. Its quota is free again then.',
};

const detailsOf = (ref: ComputeRef): string =>
  `/api/computes/${ref.subscriptionId}/${ref.resourceGroup}/${ref.workspace}/${ref.compute}/details`;

function unconfirmed(ref: ComputeRef): LamplighterError {
  return new LamplighterError(
    `Deleting ${ref.compute} destroys its OS disk, /tmp and installed packages for good; files on the workspace share stay.`,
    {
      code: 'instance.unconfirmed',
      fault: 'caller',
      field: 'confirm',
      fix: `Send it again with the query confirm=${ref.compute} if that is what you want.`,
    },
  );
}

/** What the owner of an instance, or an admin, does with it. */
export const instances = ({ ports, settings }: AppDoors): readonly Route[] => {
  const flow = { ports, scope: settings.scope };
  const shape = { access: 'signed-in', params: computeParams } as const;

  const act = (action: 'start' | 'stop' | 'restart', name: string, summary: string): Route =>
    route(
      {
        ...shape,
        name,
        method: 'POST',
        path: `${computePathTemplate}/${action}`,
        summary,
        answers: { status: 202, schema: acted },
      },
      async ({ caller, params }) => {
        const compute = await usableInstance(flow, caller, params);
        const done = await actOnInstance(flow, action, compute);
        const body = { formatVersion: 1, ...addressOf(params), action, ...done, sentence: sentences[action] };
        return answer(202, body, { location: detailsOf(params) });
      },
    );

  return [
    act('start', 'httpInstancesStart', 'Starts an instance'),
    act(
      'stop',
      'httpInstancesStop',
      'Stops an instance at once, without a warning: its owner or an admin asks for it',
    ),
    act('restart', 'httpInstancesRestart', 'Restarts an instance'),
    route(
      {
        ...shape,
        name: 'httpInstancesDelete',
        method: 'DELETE',
        path: computePathTemplate,
        summary: 'Deletes an instance for good; its files on the workspace share stay',
        query: z.strictObject({
          confirm: z
            .string()
            .max(100)
            .optional()
            .meta({ description: 'The name of the instance, once more' }),
        }),
        answers: { status: 202, schema: acted },
      },
      async ({ caller, params, query }) => {
        const compute = await usableInstance(flow, caller, params);
        if (query.confirm?.toLowerCase() !== compute.ref.compute.toLowerCase()) throw unconfirmed(params);
        const done = await actOnInstance(flow, 'delete', compute);
        const body = { formatVersion: 1, ...addressOf(params), action: 'delete', ...done };
        return answer(202, { ...body, sentence: sentences.delete }, { location: detailsOf(params) });
      },
    ),
    route(
      {
        ...shape,
        name: 'httpInstancesDetails',
        method: 'GET',
        path: `${computePathTemplate}/details`,
        summary: 'What Azure says of an instance this moment: state, addresses, SSH, applications; its cost',
        answers: { status: 200, schema: instanceView.extend({ formatVersion }) },
      },
      async ({ caller, params }) => {
        const compute = await usableInstance(flow, caller, params);
        const view = instanceViewOf(compute, await instanceCost(flow, compute));
        return answer(200, { formatVersion: 1, ...view });
      },
    ),
  ];
};
