import { post, remove } from './api.ts';
import { type ComputeAddress, pathOf } from './compute-address.ts';
import type { Doing } from './doing.ts';
import { type EnrolmentLines, offerEnrolment } from './enrol-dialog.ts';
import type { InstanceAction } from './instance-dialog.ts';
import { askHowLong, keepMeaning } from './keep-dialog.ts';

export function snooze(doing: Doing, compute: ComputeAddress, scheduled: boolean): void {
  askHowLong(`Keep ${compute.compute}`, keepMeaning, scheduled, (length) => {
    const howLong = 'for' in length ? `for ${length.for}` : 'past the next stop of its schedules';
    doing(null, async () => {
      const answer = (await post(`${pathOf(compute)}/snooze`, length)) as {
        readonly notice: string | null;
      };
      return `${compute.compute} is left running ${howLong}. ${answer.notice ?? ''}`.trim();
    });
  });
}

export function enrol(compute: ComputeAddress): void {
  offerEnrolment(
    compute.compute,
    async () => (await post(`${pathOf(compute)}/enrolments`, {})) as EnrolmentLines,
  );
}

export async function power(compute: ComputeAddress, action: InstanceAction): Promise<string> {
  const path = pathOf(compute);
  const answer =
    action === 'delete'
      ? await remove(`${path}?confirm=${encodeURIComponent(compute.compute)}`)
      : await post(`${path}/${action}`);
  const { already, sentence } = answer as { already: boolean; sentence: string };
  return already ? `${compute.compute} is there already, or on its way.` : `${compute.compute}: ${sentence}`;
}
