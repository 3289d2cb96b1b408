import type { FindingView } from '../present/json/finding-view.ts';
import { askUntil } from './accept-dialog.ts';
import { post } from './api.ts';
import { confirmFirst } from './dialog.ts';
import type { Doing } from './doing.ts';

export const accept = (doing: Doing, finding: FindingView): void =>
  askUntil(finding, (acceptance) =>
    doing('Accepted until then.', () =>
      post('/api/findings/accept', { findingId: finding.findingId, ...acceptance }),
    ),
  );

/** Whether this person may is the app's to say. */
export const consent = (doing: Doing, finding: FindingView): void => {
  const name = finding.compute?.compute ?? '';
  confirmFirst(
    `May ${name} be deleted?`,
    'Its OS disk, /tmp and installed packages would go for good; files on the workspace share stay, and its quota is free again. The consent holds for 7 days and only while it stays off.',
    'It may be deleted',
    () =>
      doing('Noted. It can be taken back until it is deleted.', () =>
        post('/api/findings/consent', { findingId: finding.findingId, compute: name }),
      ),
    name,
  );
};
export const withdraw = (doing: Doing, { findingId }: FindingView): void =>
  doing('The consent is taken back.', () => post('/api/findings/consent-withdrawal', { findingId }));
