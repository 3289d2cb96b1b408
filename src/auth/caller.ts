import type { Person } from '../core/computes.ts';
import type { ObjectId } from '../core/ids.ts';

/** The app roles of the app registration, as tokens carry them. */
export const roleNames = ['Lamplighter.Admin', 'Lamplighter.Approver', 'Lamplighter.User'] as const;
export type Role = (typeof roleNames)[number];

/** Whoever signed in. Somebody without any of the roles is nobody here. */
export type Caller = {
  readonly objectId: ObjectId;
  readonly name: string | null;
  readonly roles: readonly Role[];
  /** `platform`: the platform's sign-in cookie, which a browser also sends with requests that other sites made it send. */
  readonly by: 'token' | 'platform';
};

export const isAdmin = (caller: Caller): boolean => caller.roles.includes('Lamplighter.Admin');

export const isRole = (text: unknown): text is Role => roleNames.some((role) => role === text);

export const personOf = (caller: Caller): Person => ({ objectId: caller.objectId, name: caller.name });

/** What to call somebody in a sentence. */
export const nameOf = (caller: Caller): string => caller.name ?? caller.objectId;
