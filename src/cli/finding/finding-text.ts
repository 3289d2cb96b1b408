import type { FindingView } from '../../present/json/finding-view.ts';
import { type Colour, type Look, table } from '../../present/table.ts';
import { momentText, usdText } from '../moment-text.ts';

const colours: Readonly<Record<FindingView['status'], Colour>> = {
  open: 'red',
  accepted: 'yellow',
  fixed: 'green',
};

const statusText = ({ status, accepted }: FindingView): string =>
  status === 'accepted' && accepted !== null ? `until ${momentText(accepted.until)}` : status;

export const aboutText = ({ compute, group }: FindingView): string =>
  compute === null
    ? group === null
      ? '–'
      : `${group.per} ${group.name}`
    : `${compute.workspace}/${compute.compute}`;

/** One row a finding. */
export const findingTable = (findings: readonly FindingView[], look: Look): string =>
  table(
    [
      { title: 'FINDING' },
      { title: 'RULE' },
      { title: 'ABOUT' },
      { title: 'OWNER' },
      { title: 'STATUS' },
      { title: 'SINCE' },
      { title: '$/MONTH', align: 'right' },
      { title: 'WHAT, AND WHAT TO DO', flexible: true },
    ],
    findings.map((finding) => [
      finding.findingId,
      finding.code,
      aboutText(finding),
      finding.owner?.name ?? finding.owner?.objectId ?? '–',
      { text: statusText(finding), colour: colours[finding.status] },
      momentText(finding.raisedAt),
      finding.usdPerMonth === null ? '–' : usdText(finding.usdPerMonth),
      `${finding.sentence} ${finding.fix}`,
    ]),
    look,
  );
