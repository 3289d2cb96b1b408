import { armApiVersion } from '../../../adapters/azure/arm-clients.ts';
import { recordField, textField } from '../../../adapters/azure/wire.ts';
import { familyKey } from '../../../core/quota/family-key.ts';
import { faultOf } from '../../../fleet/fault-of.ts';
import { open, type ProbeContext, type Question, settled } from './question.ts';

const provider = 'Microsoft.MachineLearningServices';
const usagesOf = ({ client, subject }: ProbeContext) =>
  client.list(
    `/subscriptions/${subject.workspace.subscriptionId}/providers/${provider}/locations/${subject.location}/usages`,
    armApiVersion,
    50,
  );
const sizesOf = ({ azure, client, subject }: ProbeContext) => {
  const { subscriptionId } = subject.workspace;
  client.note(
    `GET /subscriptions/${subscriptionId}/providers/${provider}/locations/${subject.location}/vmSizes (${armApiVersion})`,
  );
  return azure.ports.sizes.list(subscriptionId, subject.location);
};
const someOf = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;

const pricesQuestion: Question = {
  id: 'sizes.prices',
  question: 'Does every size that an instance may have come with its price, those with GPU too?',
  async ask(context) {
    const sizes = await sizesOf(context);
    if (!sizes.ok) return open(`The sizes cannot be read: ${faultOf(sizes).message}`);
    const usable = [...sizes.value.values()].filter(
      ({ supportedComputeTypes }) =>
        supportedComputeTypes.length === 0 ||
        supportedComputeTypes.some((type) => type.toLowerCase() === 'computeinstance'),
    );
    if (usable.length === 0) return open('The region lists no size for instances.');
    const unpriced = usable.filter(({ pricePerHourUsd }) => pricePerHourUsd === null);
    const withGpu = unpriced.filter(({ gpus }) => gpus > 0);
    const facts = { sizes: usable.length, unpriced: unpriced.map(({ name }) => name) };
    return unpriced.length === 0
      ? settled(`Yes, all ${usable.length} (USD an hour, Linux).`, facts)
      : settled(
          `No: ${unpriced.length} of ${usable.length} have none (${someOf(unpriced.map(({ name }) => name))}), ${withGpu.length} of them with GPU.`,
          facts,
        );
  },
};

const familiesQuestion: Question = {
  id: 'sizes.families',
  question: 'Does each size’s family find its row in the region’s usages?',
  async ask(context) {
    const sizes = await sizesOf(context);
    if (!sizes.ok) return open(`The sizes cannot be read: ${faultOf(sizes).message}`);
    const { rows, fault } = await usagesOf(context);
    if (rows === null) return open(`The usages cannot be read: ${fault ?? ''}`);
    const named = new Set(
      rows.flatMap((row) => {
        const name = recordField(row, 'name');
        const text = textField(name, 'value') ?? textField(name, 'localizedValue');
        return text === null || !/dedicated/i.test(text)
          ? []
          : [familyKey(text.toLowerCase().replaceAll(/[\s_]/g, ''))];
      }),
    );
    const families = [
      ...new Set([...sizes.value.values()].map(({ family }) => family).filter((family) => family !== '')),
    ];
    if (families.length === 0) return open('No size says its family.');
    const lost = families.filter((family) => !named.has(familyKey(family)));
    const facts = { families: families.length, rows: rows.length, lost };
    return lost.length === 0
      ? settled(`Yes, all ${families.length} families.`, facts)
      : settled(`No: ${lost.length} of ${families.length} families have none (${someOf(lost)}).`, facts);
  },
};

const spellingQuestion: Question = {
  id: 'usages.types',
  question: 'How are the types of usages of workspaces and computes spelt?',
  async ask(context) {
    const { rows, fault } = await usagesOf(context);
    if (rows === null) return open(`The usages cannot be read: ${fault ?? ''}`);
    const types = [
      ...new Set(rows.flatMap((row) => textField(row, 'type')?.replace(`${provider}/`, '') ?? [])),
    ];
    const ofWorkspaces = types.filter((type) => /^workspaces?\//i.test(type));
    if (ofWorkspaces.length === 0) return open('No row is of a workspace or a compute.', { types });
    const plural = ofWorkspaces.filter((type) => /^workspaces\//i.test(type));
    const words =
      plural.length === 0
        ? '“workspace/…” alone'
        : plural.length === ofWorkspaces.length
          ? '“workspaces/…” alone'
          : 'both “workspace/…” and “workspaces/…”';
    return settled(`${words}: ${ofWorkspaces.join(', ')}.`, { types });
  },
};

const looked = [
  'workspaces/computes/updateIdleShutdownSetting/action',
  'workspaces/computes/updateSchedules/action',
  'workspaces/checkComputeNameAvailability/action',
  'locations/computeOperationsStatus/read',
];

const operationsQuestion: Question = {
  id: 'roles.operations',
  question:
    'How does Azure spell the actions that roles need for idle setting, schedules, name check and operation status?',
  async ask({ client }) {
    const path = `/providers/Microsoft.Authorization/providerOperations/${provider}`;
    const { body, fault } = await client.get(path, '2022-04-01', { $expand: 'resourceTypes' });
    if (fault !== null) return open(`Azure’s catalogue cannot be read: ${fault}`);
    const all =
      JSON.stringify(body).match(
        /Microsoft\.MachineLearningServices\/[A-Za-z/]+\/(?:action|read|write|delete)(?=")/gi,
      ) ?? [];
    const found: Record<string, string | null> = {};
    for (const one of looked) {
      found[one] = all.find((name) => name.toLowerCase() === `${provider}/${one}`.toLowerCase()) ?? null;
    }
    const missing = looked.filter((one) => found[one] === null);
    if (all.length === 0) return open('Azure’s catalogue says nothing of machine learning.');
    return missing.length === 0
      ? settled(`As in infra/roles: ${Object.values(found).join(', ')}.`, { found })
      : settled(`Azure has no ${missing.join(', ')}; the others are as in infra/roles.`, { found });
  },
};

export const regionQuestions: readonly Question[] = [
  pricesQuestion,
  familiesQuestion,
  spellingQuestion,
  operationsQuestion,
];
