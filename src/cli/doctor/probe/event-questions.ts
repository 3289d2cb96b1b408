import { listField, numberField, recordOf, textField } from '../../../adapters/azure/wire.ts';
import { problemOf } from '../../door/problem.ts';
import { open, type Question, settled } from './question.ts';

/** Event Grid tells only those whom it sends to: the deployed app counts what has arrived. */
const arrivedQuestion: Question = {
  id: 'events.arrived',
  question: 'Which events about computes have arrived, and under which operation names?',
  async ask({ door }) {
    if (door === null)
      return open('Only a deployed Lamplighter receives events: give its address with --url.');
    const reply = await door.call('GET', '/api/health?deep=1');
    if (reply.status >= 300) return open(`The deployed app does not say: ${problemOf(reply).message}`);
    const kinds = listField(reply.json, 'eventKinds').map(recordOf);
    const counts = Object.fromEntries(
      kinds.map((kind) => [textField(kind, 'name') ?? '', numberField(kind, 'count') ?? 0]),
    );
    const names = Object.keys(counts);
    if (names.length === 0) {
      return open(
        'None has arrived yet: start and stop an instance, let one stop by itself, and probe again.',
      );
    }
    return settled(names.map((name) => `${name} (${counts[name] ?? 0})`).join(', '), { counts });
  },
};

export const eventQuestions: readonly Question[] = [arrivedQuestion];
