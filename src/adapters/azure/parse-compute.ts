import { Temporal } from 'temporal-polyfill';
import type { Compute, ComputeIdentity, LastOperation, Person } from '../../core/computes.ts';
import { computeArmId, type ComputeRef, type ObjectId, parseObjectId } from '../../core/ids.ts';
import {
  fieldOf,
  knownWord,
  listField,
  malformed,
  recordField,
  recordOf,
  regionOf,
  tagsOf,
  textField,
  timeField,
  type WireRecord,
} from './wire.ts';

const instanceKind = 'ComputeInstance';
const kinds = [
  'AKS',
  'Kubernetes',
  'AmlCompute',
  instanceKind,
  'DataFactory',
  'VirtualMachine',
  'HDInsight',
  'Databricks',
  'DataLakeAnalytics',
  'SynapseSpark',
];
const states = [
  'Creating',
  'CreateFailed',
  'Deleting',
  'Running',
  'Restarting',
  'Resizing',
  'JobRunning',
  'SettingUp',
  'SetupFailed',
  'Starting',
  'Stopped',
  'Stopping',
  'UserSettingUp',
  'UserSetupFailed',
  'Unknown',
  'Unusable',
];

function objectIdOf(text: string | null): ObjectId | null {
  if (text === null) return null;
  try {
    return parseObjectId(text);
  } catch {
    return null;
  }
}

/** The assigned user, else the creator. */
/** ARM says of who made it whether that was a person: an application has no account in the directory's list of users. */
const isMadeByPerson = (row: WireRecord): boolean =>
  (textField(recordField(row, 'systemData'), 'createdByType') ?? 'User').toLowerCase() === 'user';

function ownerOf(row: WireRecord, inner: WireRecord): Person | null {
  const assigned = recordField(recordField(inner, 'personalComputeInstanceSettings'), 'assignedUser');
  const creator = recordField(inner, 'createdBy');
  const creatorId = objectIdOf(textField(creator, 'userId'));
  const objectId = objectIdOf(textField(assigned, 'objectId')) ?? (isMadeByPerson(row) ? creatorId : null);
  if (objectId === null) return null;
  return { objectId, name: objectId === creatorId ? textField(creator, 'userName') : null };
}

function lastOperationOf(inner: WireRecord): LastOperation | null {
  const operation = recordField(inner, 'lastOperation');
  const name = textField(operation, 'operationName');
  if (name === null) return null;
  return {
    name,
    at: timeField(operation, 'operationTime'),
    status: textField(operation, 'operationStatus') ?? 'Unknown',
    trigger: textField(operation, 'operationTrigger'),
  };
}

/** Minutes of the platform's idle shutdown; null: not set; undefined: not said, or not to be read. */
function idleShutdownMinutesOf(inner: WireRecord): number | null | undefined {
  const value = fieldOf(inner, 'idleTimeBeforeShutdown');
  if (value === null) return null;
  if (typeof value !== 'string') return undefined;
  try {
    return Temporal.Duration.from(value).total('minutes');
  } catch {
    return undefined;
  }
}

function sshEnabledOf(inner: WireRecord): boolean | null {
  const access = textField(recordField(inner, 'sshSettings'), 'sshPublicAccess')?.toLowerCase();
  return access === 'enabled' ? true : access === 'disabled' ? false : null;
}

function errorsOf(lists: readonly (readonly unknown[])[]): readonly string[] {
  return lists.flat().flatMap((entry) => {
    const outer = recordOf(entry);
    const error = fieldOf(outer, 'error') === undefined ? outer : recordField(outer, 'error');
    const said = [textField(error, 'code'), textField(error, 'message')].filter((part) => part !== null);
    return said.length === 0 ? [] : [said.join(': ')];
  });
}

function principalIdsOf(row: WireRecord): readonly string[] {
  const identity = recordField(row, 'identity');
  const assigned = Object.values(recordField(identity, 'userAssignedIdentities')).map(recordOf);
  return [identity, ...assigned].flatMap((one) => textField(one, 'principalId') ?? []);
}

function identityOf(row: WireRecord): ComputeIdentity | null {
  const identity = recordField(row, 'identity');
  const type = textField(identity, 'type')?.toLowerCase() ?? 'none';
  if (type === 'none') return null;
  return {
    isSystemAssigned: type.includes('systemassigned'),
    userAssignedIds: Object.keys(recordField(identity, 'userAssignedIdentities')),
  };
}

function hasScripts(inner: WireRecord): boolean {
  const scripts = recordField(recordField(inner, 'setupScripts'), 'scripts');
  return ['startupScript', 'creationScript'].some(
    (name) => Object.keys(recordField(scripts, name)).length > 0,
  );
}

/** People put keys and passwords there; no rule of ours needs them. */
const withheld = new Set(['environmentvariables', 'setupscripts']);

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !withheld.has(key.toLowerCase()));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutSecrets(inner)]));
}

/** One compute of a list or a GET. Throws `answer.malformed` where the row is about another compute. */
export function parseCompute(ref: ComputeRef, value: unknown): Compute {
  const row = recordOf(value);
  const id = textField(row, 'id');
  if (id !== null && id.toLowerCase() !== computeArmId(ref).toLowerCase()) {
    throw malformed('a row is about a compute that was not asked for');
  }
  const properties = recordField(row, 'properties');
  const inner = recordField(properties, 'properties');
  const kind = knownWord(textField(properties, 'computeType'), kinds) ?? 'Unknown';
  const idleShutdownMinutes = idleShutdownMinutesOf(inner);
  return {
    ref,
    kind,
    location: regionOf(textField(row, 'location') ?? textField(properties, 'computeLocation')),
    tags: tagsOf(row),
    vmSize: textField(inner, 'vmSize'),
    state: kind === instanceKind ? knownWord(textField(inner, 'state'), states) : null,
    provisioningState: textField(properties, 'provisioningState'),
    owner: ownerOf(row, inner),
    createdAt: timeField(properties, 'createdOn'),
    lastOperation: lastOperationOf(inner),
    ...(idleShutdownMinutes === undefined ? {} : { idleShutdownMinutes }),
    sshEnabled: sshEnabledOf(inner),
    hasCustomServices: listField(inner, 'customServices').length > 0,
    identityPrincipalIds: principalIdsOf(row),
    identity: identityOf(row),
    hasSetupScripts: hasScripts(inner),
    errors: errorsOf([listField(properties, 'provisioningErrors'), listField(inner, 'errors')]),
    raw: recordOf(withoutSecrets(properties)),
  };
}
