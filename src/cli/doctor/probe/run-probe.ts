import { computeArmId, workspaceArmId } from '../../../core/ids.ts';
import { faultOf } from '../../../fleet/fault-of.ts';
import type { CallersAzure } from '../../azure/callers-azure.ts';
import type { AppDoor } from '../../door/app-door.ts';
import { computeQuestions } from './compute-questions.ts';
import { eventQuestions } from './event-questions.ts';
import { jobQuestions } from './job-questions.ts';
import { metricQuestions } from './metric-questions.ts';
import { probeClient } from './probe-client.ts';
import { type Finding, open, type Question } from './question.ts';
import { regionQuestions } from './region-questions.ts';
import { chooseSubject } from './subject.ts';

export const questions: readonly Question[] = [
  ...metricQuestions,
  ...computeQuestions,
  ...jobQuestions,
  ...regionQuestions,
  ...eventQuestions,
];

export type Answered = Finding & {
  readonly id: string;
  readonly question: string;
  readonly asked: readonly string[];
};
/** The output of `lamplighter doctor --probe --json`. */
export type ProbeView = {
  readonly formatVersion: 1;
  readonly workspace: string;
  readonly location: string;
  readonly instance: string | null;
  readonly questions: readonly Answered[];
};

/** Puts every question to a live workspace, one after the other; one that fails stays open and takes no other with it. */
export async function runProbe(
  azure: CallersAzure,
  options: {
    readonly compute: string | undefined;
    readonly door: AppDoor | null;
    readonly onProgress: (done: number, of: number, what: string) => void;
  },
): Promise<ProbeView> {
  const subject = await chooseSubject(azure, options.compute);
  const client = probeClient(azure);
  const context = { azure, subject, client, door: options.door };
  const answered: Answered[] = [];
  for (const { id, question, ask } of questions) {
    options.onProgress(answered.length, questions.length, id);
    const finding = await ask(context).catch((thrown: unknown) =>
      open(`It could not be asked: ${faultOf(thrown).message}`),
    );
    answered.push({ id, question, asked: [...new Set(client.asked())], ...finding });
  }
  return {
    formatVersion: 1,
    workspace: workspaceArmId(subject.workspace),
    location: subject.location,
    instance: subject.instance === null ? null : computeArmId(subject.instance.ref),
    questions: answered,
  };
}
