import { app, type HttpMethod } from '@azure/functions';
import type { SettingFault } from './config/load.ts';
import { LamplighterError } from './core/errors.ts';
import { wrapHttp } from './triggers/wrap-http.ts';

const everyMethod: HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/**
 * What runs in place of the app when its settings cannot be used. A throw at load would leave a host that is "Running"
 * and answers 404 to everything; this one says on every address what is wrong. It has no timer, so nothing is done.
 */
export function createMisconfiguredApp(faults: readonly SettingFault[]): void {
  const told = faults.map((fault) => fault.detail).join(' ');
  console.error(`Lamplighter does nothing until its settings are mended. ${told}`);
  app.http('httpMisconfigured', {
    methods: everyMethod,
    route: '{*path}',
    authLevel: 'anonymous',
    handler: wrapHttp((_request, context) => {
      context.error('Lamplighter does nothing until its settings are mended', told);
      throw new LamplighterError(told, {
        code: 'settings.invalid',
        fault: 'deployment',
        fix: 'Correct the application settings named and restart the app.',
      });
    }),
  });
}
