import { defineCommand } from 'citty';
import type { PlaceView } from '../../present/json/place-view.ts';
import type { RequestView } from '../../present/json/request-view.ts';
import { appCommand } from '../app-command.ts';
import type { HelpfulMeta } from '../command-meta.ts';
import { bodyOf } from '../door/problem.ts';
import { durationOf } from '../flag-values.ts';
import { exitOf, followRequest } from '../request/follow-request.ts';
import { requestText } from '../request/request-text.ts';
import { placeTable, placeText } from '../waiting/place-text.ts';

const place = { type: 'positional', required: true, description: 'Id of the place' } as const;
const pathOf = (placeId: string): string => `/api/waiting-list/${encodeURIComponent(placeId)}`;

const list = appCommand({
  name: 'list',
  description: 'Places on the waiting list, first come first',
  args: {
    all: { type: 'boolean', description: 'Those that have ended, too' },
    mine: { type: 'boolean', description: 'For approvers and admins: only your own' },
  },
  examples: ['lamplighter waiting list', 'lamplighter waiting list --all --json'],
  async act({ args, door, say, surroundings }) {
    const query = new URLSearchParams({
      ...(args.all === true ? {} : { open: 'true' }),
      ...(args.mine === true ? { mine: 'true' } : {}),
    });
    const reply = await door.call('GET', `/api/waiting-list?${query.toString()}`);
    const body = bodyOf<{ places: readonly PlaceView[] }>(reply);
    say(body, () => placeTable(body.places, surroundings.look));
    if (body.places.length === 0 && args.json !== true) surroundings.stderr.write('Nobody waits.\n');
    return 0;
  },
});

const join = appCommand({
  name: 'join',
  description: 'Waits for room for a request that was refused for want of it',
  args: {
    id: { type: 'positional', required: true, description: 'Id of the refused request' },
    'auto-start': { type: 'boolean', description: 'Ask for it at once when there is room' },
  },
  examples: ['lamplighter waiting join r0123', 'lamplighter waiting join r0123 --auto-start'],
  async act({ args, door, say, surroundings }) {
    const path = `/api/requests/${encodeURIComponent(args.id)}/wait`;
    const body = { autoStart: args['auto-start'] === true };
    const taken = bodyOf<PlaceView>(await door.call('POST', path, body));
    say(taken, () => placeText(taken, surroundings.look));
    return 0;
  },
});

const confirm = appCommand({
  name: 'confirm',
  description: 'Takes the room that is held for a place: the machine is asked for, and followed to its end',
  args: {
    place,
    wait: { type: 'boolean', default: true, negativeDescription: 'Do not follow it to its end' },
    timeout: {
      type: 'string',
      valueHint: '30m',
      description: 'Give up following after so long; the request goes on',
    },
  },
  examples: ['lamplighter waiting confirm w0123', 'lamplighter waiting confirm w0123 --no-wait'],
  exits: { 0: 'it is done', 1: 'an error', 2: 'refused, waiting, or ended otherwise' },
  async act({ args, door, say, surroundings }) {
    const timeoutMs = args.timeout === undefined ? null : durationOf('timeout', args.timeout);
    const asked = bodyOf<RequestView>(await door.call('POST', `${pathOf(args.place)}/confirm`));
    const request = args.wait ? await followRequest(door, asked, surroundings, timeoutMs) : asked;
    say(request, () => requestText(request, surroundings.look));
    return exitOf(request);
  },
});

const leave = appCommand({
  name: 'leave',
  description: 'Gives a place up; room that was held for it goes to the next',
  args: { place },
  examples: ['lamplighter waiting leave w0123'],
  async act({ args, door, say, surroundings }) {
    const left = bodyOf<PlaceView>(await door.call('DELETE', pathOf(args.place)));
    say(left, () => placeText(left, surroundings.look));
    return 0;
  },
});

const meta: HelpfulMeta = {
  name: 'waiting',
  description: 'Wait for room where there is none, and take it when it is held for you',
  examples: ['lamplighter waiting list', 'lamplighter waiting join r0123 --auto-start'],
};

/** The waiting list for what is refused for want of room. */
export const waiting = defineCommand({ meta, subCommands: { list, join, confirm, leave } });
