import type { Flow } from '../../../fleet/flow.ts';
import { actOnInstance } from '../../../fleet/provision/act-on-instance.ts';
import { readDecision } from '../../../ledger/decisions.ts';
import { usableInstance } from '../usable-instance.ts';
import { computeOf, type LinkAction } from './link-action.ts';

const words = {
  start: {
    title: 'Start',
    meaning: 'That takes about three minutes; from then on it costs by the hour again.',
    done: 'is being started; that takes about three minutes',
    already: 'runs already, or is on its way',
  },
  stop: {
    title: 'Stop',
    meaning:
      'Files on the workspace share and packages on the OS disk stay; memory, processes and terminals go. Its quota stays used; disk, public IP and load balancer still cost.',
    done: 'is being stopped',
    already: 'is off already, or going down',
  },
} as const;

/** Starts or stops an instance because its owner says so. */
export function powerInstance(flow: Flow, action: keyof typeof words): LinkAction {
  const said = words[action];
  return {
    async show({ caller, link }) {
      const { ref } = await usableInstance(flow, caller, computeOf(link).ref);
      const seen = action === 'stop' ? await readDecision(flow.ports.ledger, ref) : null;
      const inUse =
        seen?.reason.startsWith('keep.active') === true ? ' It was in use when it was last looked at.' : '';
      return {
        title: `${said.title} ${ref.compute}?`,
        sentence: `${said.meaning}${inUse}`,
        confirm: `${said.title} it`,
        danger: action === 'stop',
        asks: null,
      };
    },
    async act({ caller, link }) {
      const compute = await usableInstance(flow, caller, computeOf(link).ref);
      const { already } = await actOnInstance(flow, action, compute);
      return `${compute.ref.compute} ${already ? said.already : said.done}.`;
    },
  };
}
