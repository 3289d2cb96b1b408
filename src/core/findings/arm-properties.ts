import type { Compute } from '../computes.ts';

type Members = Readonly<Record<string, unknown>>;
const nothing: Members = {};

export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : nothing;

/** The member, in any casing: services change the casing of their answers. */
export function memberOf(members: Members, name: string): unknown {
  if (Object.hasOwn(members, name)) return members[name];
  const lower = name.toLowerCase();
  const key = Object.keys(members).find((one) => one.toLowerCase() === lower);
  return key === undefined ? undefined : members[key];
}

export const textMember = (members: Members, name: string): string | null => {
  const value = memberOf(members, name);
  return typeof value === 'string' && value !== '' ? value : null;
};
export const countMember = (members: Members, name: string): number | null => {
  const value = memberOf(members, name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
};

/** The kind's own properties; null in a thin row, which has none. */
export function innerOf(compute: Pick<Compute, 'raw'>): Members | null {
  const inner = memberOf(compute.raw, 'properties');
  const members = membersOf(inner);
  return Object.keys(members).length === 0 ? null : members;
}
