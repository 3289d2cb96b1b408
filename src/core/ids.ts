import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { LamplighterError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A lower-case GUID. */
export type SubscriptionId = Branded<'SubscriptionId'>;
export type ResourceGroupName = Branded<'ResourceGroupName'>;
export type WorkspaceName = Branded<'WorkspaceName'>;
export type ComputeName = Branded<'ComputeName'>;
/** An Entra object id: a lower-case GUID. */
export type ObjectId = Branded<'ObjectId'>;
/** The lower-cased ARM id of a workspace: equal keys are the same workspace. */
export type WorkspaceKey = Branded<'WorkspaceKey'>;
/** The lower-cased ARM id of a compute: equal keys are the same compute. */
export type ComputeKey = Branded<'ComputeKey'>;

export type WorkspaceRef = {
  readonly subscriptionId: SubscriptionId;
  readonly resourceGroup: ResourceGroupName;
  readonly workspace: WorkspaceName;
};
export type ComputeRef = WorkspaceRef & { readonly compute: ComputeName };

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// A resource group may end in anything but a dot, so "." and ".." never pass.
const resourceGroup = /^[-\w.()]{0,89}[-\w()]$/;
const workspaceName = /^[A-Za-z0-9][-\w]{1,254}$/;
// Attached targets may be longer than instances; every kind starts with a letter.
const computeName = /^[A-Za-z][-A-Za-z0-9]{0,62}$/;

function parseWith<T extends string>(
  kind: string,
  pattern: RegExp,
  expected: string,
  text: unknown,
  lower = false,
): T {
  if (typeof text === 'string' && pattern.test(text)) return (lower ? text.toLowerCase() : text) as T;
  const shown = typeof text === 'string' ? JSON.stringify(text.slice(0, 80)) : typeof text;
  throw new LamplighterError(`${shown} is not a ${kind}: expected ${expected}.`, {
    code: 'name.invalid',
    fault: 'caller',
    field: kind.replaceAll(' ', '-'),
    fix: `Give a ${kind} of that form.`,
  });
}

export const parseSubscriptionId = (text: unknown): SubscriptionId =>
  parseWith('subscription id', guid, 'a GUID', text, true);
export const parseObjectId = (text: unknown): ObjectId => parseWith('object id', guid, 'a GUID', text, true);
export const parseResourceGroupName = (text: unknown): ResourceGroupName =>
  parseWith(
    'resource group',
    resourceGroup,
    '1–90 letters, digits, "-", "_", ".", "(" or ")", not ending in "."',
    text,
  );
export const parseWorkspaceName = (text: unknown): WorkspaceName =>
  parseWith('workspace', workspaceName, '2–255 letters, digits, "-" or "_", a letter or digit first', text);
export const parseComputeName = (text: unknown): ComputeName =>
  parseWith('compute', computeName, 'a letter, then up to 62 letters, digits or "-"', text);

export function parseComputeRef(parts: {
  readonly subscription: unknown;
  readonly resourceGroup: unknown;
  readonly workspace: unknown;
  readonly compute: unknown;
}): ComputeRef {
  return {
    subscriptionId: parseSubscriptionId(parts.subscription),
    resourceGroup: parseResourceGroupName(parts.resourceGroup),
    workspace: parseWorkspaceName(parts.workspace),
    compute: parseComputeName(parts.compute),
  };
}

const provider = 'Microsoft.MachineLearningServices';

/** Azure tells names and ids apart by more than their case alone. */
export const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const workspaceArmId = (ref: WorkspaceRef): string =>
  `/subscriptions/${ref.subscriptionId}/resourceGroups/${ref.resourceGroup}/providers/${provider}/workspaces/${ref.workspace}`;
export const computeArmId = (ref: ComputeRef): string => `${workspaceArmId(ref)}/computes/${ref.compute}`;
export const workspaceKey = (ref: WorkspaceRef): WorkspaceKey =>
  workspaceArmId(ref).toLowerCase() as WorkspaceKey;
export const computeKey = (ref: ComputeRef): ComputeKey => computeArmId(ref).toLowerCase() as ComputeKey;

const computeIdPattern =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.machinelearningservices\/workspaces\/([^/]+)\/computes\/([^/]+)\/?$/i;

/** Parses an ARM id of a compute, in any casing. Throws `name.invalid`. */
export function parseComputeArmId(text: unknown): ComputeRef {
  const match = typeof text === 'string' && text.length <= 1024 ? computeIdPattern.exec(text) : null;
  if (match === null) {
    throw new LamplighterError('This is not the ARM id of an Azure ML compute.', {
      code: 'name.invalid',
      fault: 'caller',
      field: 'compute-id',
      fix: 'Give /subscriptions/…/resourceGroups/…/providers/Microsoft.MachineLearningServices/workspaces/…/computes/….',
    });
  }
  return parseComputeRef({
    subscription: match[1],
    resourceGroup: match[2],
    workspace: match[3],
    compute: match[4],
  });
}

const remembered = new Map<string, string>();
const rememberedTexts = 4096;
const rememberedLength = 512;

/** The same few hundred names are hashed in every sweep, for every row that is read or written. */
function sha256Hex(text: string): string {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const hex = bytesToHex(sha256(utf8ToBytes(text)));
  if (text.length > rememberedLength) return hex;
  if (remembered.size >= rememberedTexts) remembered.clear();
  remembered.set(text, hex);
  return hex;
}

/** The first `length` hex digits of the SHA-256 of the text: for row keys and workflow ids, where user text must not go. */
export const shortHash = (text: string, length = 32): string => sha256Hex(text).slice(0, length);
