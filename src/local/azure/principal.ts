import { applicationIdOf, guidOf, objectIdOf } from './names.ts';

/** Who calls. An app's tokens carry an application id; a person's do not. */
export type Principal = {
  readonly kind: 'app' | 'user';
  readonly objectId: string;
  readonly name: string;
  readonly appId: string | null;
};

export const appPrincipal = (name: string): Principal => ({
  kind: 'app',
  name,
  objectId: guidOf('service-principal', name),
  appId: applicationIdOf(name),
});

export const userPrincipal = (name: string): Principal => ({
  kind: 'user',
  name,
  objectId: objectIdOf(name),
  appId: null,
});

/** The subscription's system itself: schedules, tests, fate. */
export const azurePrincipal: Principal = appPrincipal('azure');
