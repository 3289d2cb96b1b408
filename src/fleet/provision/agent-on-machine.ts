import { type AgentSetup, creationScript } from '../../agent/creation-script.ts';
import type { Machine } from '../../core/provision/machine.ts';
import { dropCodes, wasEnrolledBy } from '../../core/session/enrolment.ts';
import { codeBytes } from '../../core/session/enrolment-code.ts';
import { readEnrolment } from '../../ledger/enrolments.ts';
import { createCode } from '../enrol-code.ts';
import { changeEnrolment } from '../enrol-signed.ts';
import type { Flow } from '../flow.ts';

/** What brings agents onto new machines: where they find it, and where codes come from. */
export type AgentOnMachines = {
  readonly setup: AgentSetup | null;
  readonly random: (bytes: number) => Uint8Array;
};

const minuteMs = 60_000;
/** A creation is given up after an hour; the code ends with it, or as soon as the machine is there. */
const codeLivesMs = 70 * minuteMs;

const codesOf = (requestId: string): string => `request ${requestId}`;

/**
 * The setup script of a machine that is about to be made, with a fresh code; null: it wants no agent, or there is no way to
 * bring it on. The code exists here and in the script: the ledger has its hash, and no answer or history holds it.
 */
export async function scriptForMachine(
  flow: Flow,
  { setup, random }: AgentOnMachines,
  machine: Machine,
  requestId: string,
): Promise<string | null> {
  if (!machine.agent || setup === null) return null;
  const { code } = await createCode(flow, {
    ref: machine.ref,
    owner: machine.assignedTo.objectId,
    by: codesOf(requestId),
    validForMs: codeLivesMs,
    random: random(codeBytes),
    inScript: true,
  });
  return creationScript(setup, code);
}

/** Ends the codes of a request whose machine is made, or will not be. `true`: its agent has enrolled. */
export async function closeCodes(flow: Flow, machine: Machine, requestId: string): Promise<boolean> {
  const stored = await readEnrolment(flow.ports.ledger, machine.ref);
  const by = codesOf(requestId);
  if (!stored.enrolment.codes.some(({ createdBy }) => createdBy === by)) return false;
  const enrolment = await changeEnrolment(flow, stored, (current) => ({
    ok: true,
    enrolment: dropCodes(current, by),
  }));
  return wasEnrolledBy(enrolment, by);
}
