import { defineCommand } from 'citty';
import { LamplighterError } from '../../core/errors.ts';
import { nearestWord } from '../../core/yaml/nearest.ts';
import { type Look, table } from '../../present/table.ts';
import { appCommand } from '../app-command.ts';
import type { TargetView, TargetsView } from '../../present/json/targets-view.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { bodyOf } from '../door/problem.ts';
import { factsText } from '../facts-text.ts';

const trainings: Readonly<Record<string, string>> = { yes: 'training', pipelines: 'training in pipelines' };
const inferences: Readonly<Record<string, string>> = {
  'real-time': 'real-time inference',
  batch: 'batch inference',
  tests: 'tests of inference',
  elsewhere: 'inference outside of Azure ML',
};
const ruleTexts: Readonly<Record<string, string>> = {
  ubuntu: 'Ubuntu only',
  'public-ip': 'needs a public IP',
  'same-subscription': 'in the subscription of the workspace',
};

function purposeOf({ training, inference }: TargetView): string {
  const purposes = [trainings[training], inferences[inference]].filter((text) => text !== undefined);
  return purposes.length === 0 ? 'nothing' : purposes.join(', ');
}

const rulesOf = ({ rules, retired, attachable }: TargetView): string =>
  [
    ...(attachable ? ['never twice at the same resource'] : []),
    ...rules.map((rule) => ruleTexts[rule] ?? rule),
    ...(retired ? ['the service is retired: migrate'] : []),
  ].join('; ');

const attachingText = ({ attachable, because }: TargetView): string =>
  attachable ? 'can be attached' : `cannot be attached, because ${because ?? 'Azure ML has no such thing'}`;

const targetTable = (targets: readonly TargetView[], look: Look): string =>
  table(
    [{ title: 'KIND' }, { title: 'WHAT' }, { title: 'WHAT FOR' }, { title: 'ATTACHING', flexible: true }],
    targets.map((target) => [
      target.kind,
      `${target.title}${target.managed ? ' (managed)' : ''}`,
      purposeOf(target),
      [attachingText(target), rulesOf(target)].filter((text) => text !== '').join('; '),
    ]),
    look,
  );

const list = appCommand({
  name: 'list',
  description:
    'All kinds of compute targets: what for, their rules, and why some cannot be attached (admins)',
  args: {},
  examples: ['lamplighter target list'],
  async act({ door, say, surroundings }) {
    const { targets } = bodyOf<TargetsView>(await door.call('GET', '/api/targets'));
    say({ targets }, () => targetTable(targets, surroundings.look));
    return 0;
  },
});

const show = appCommand({
  name: 'show',
  description: 'One kind of compute target, and how many of it are attached (admins)',
  args: {
    kind: { type: 'positional', required: true, description: 'As "lamplighter target list" lists it' },
  },
  examples: ['lamplighter target show Databricks'],
  async act({ args, door, say, surroundings }) {
    const { targets, attachments } = bodyOf<TargetsView>(await door.call('GET', '/api/targets'));
    const target = targets.find(({ kind }) => kind.toLowerCase() === args.kind.toLowerCase());
    if (target === undefined) {
      const kinds = targets.map(({ kind }) => kind);
      const near = nearestWord(args.kind, kinds);
      throw new LamplighterError(
        `There is no compute target of kind ${JSON.stringify(args.kind.slice(0, 40))}.`,
        {
          code: 'target.not-found',
          fault: 'caller',
          field: 'kind',
          fix: `${near === undefined ? '' : `Did you mean ${near}? `}There are: ${kinds.join(', ')}.`,
        },
      );
    }
    const count = attachments.filter(({ kind }) => kind === target.kind).length;
    say({ ...target, attached: count }, () =>
      factsText(
        [
          ['Kind', target.kind],
          ['What', target.title],
          ['Managed', target.managed ? 'by Azure ML' : 'not by Azure ML'],
          ['What for', purposeOf(target)],
          ['Attaching', attachingText(target)],
          ['Rules', rulesOf(target) === '' ? null : rulesOf(target)],
          ['Attached', target.attachable ? String(count) : null],
        ],
        surroundings.look,
      ),
    );
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'target',
  description: 'The catalogue of compute targets',
  examples: ['lamplighter target list', 'lamplighter target show Databricks'],
};

/** What computes there can be. */
export const target = defineCommand({ meta, subCommands: { list, show } });
