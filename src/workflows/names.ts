/** Names under which workflows and their steps are registered. An unregistered name would hang a workflow without a word. */
export const orchestrations = {
  sweep: 'sweep',
  stop: 'stop',
  start: 'start',
  provision: 'provision',
  recreate: 'recreate',
  attachment: 'attachment',
  reconcile: 'reconcile',
  detachDuplicate: 'detachDuplicate',
} as const;

export const activities = {
  planSweep: 'planSweep',
  comparePolicies: 'comparePolicies',
  adoptPolicy: 'adoptPolicy',
  evaluateGroup: 'evaluateGroup',
  concludeSweep: 'concludeSweep',
  startStops: 'startStops',
  openWarning: 'openWarning',
  checkWarning: 'checkWarning',
  secondLook: 'secondLook',
  confirmStop: 'confirmStop',
  endWarning: 'endWarning',
  startInstance: 'startInstance',
  watchApproval: 'watchApproval',
  createInstance: 'createInstance',
  watchCreation: 'watchCreation',
  weighFailure: 'weighFailure',
  undoStep: 'undoStep',
  endRequest: 'endRequest',
  settleRequest: 'settleRequest',
  removeOld: 'removeOld',
  takeWayBack: 'takeWayBack',
  endRecreation: 'endRecreation',
  stepAttachment: 'stepAttachment',
  reconcileCompute: 'reconcileCompute',
  stepRemedy: 'stepRemedy',
} as const;

/** The one event that workflows listen to: something about their warning or request may have changed in the ledger. */
export const wakeEvent = 'wake';
