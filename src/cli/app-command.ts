import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs } from 'citty';
import { readSettingsFile } from './azure/settings-file.ts';
import type { CommandHelp, HelpfulMeta } from './command-meta.ts';
import type { AppDoor } from './door/app-door.ts';
import { openDoor } from './door/open-door.ts';
import { harmlessText } from './harmless-text.ts';
import type { Surroundings } from './surroundings.ts';

const ways = {
  url: { type: 'string', valueHint: 'URL', description: 'Where Lamplighter is (or LAMPLIGHTER_URL)' },
  audience: {
    type: 'string',
    valueHint: 'ID',
    description: 'Whom tokens are made for (or LAMPLIGHTER_AUDIENCE); LAMPLIGHTER_TOKEN holds a token itself',
  },
  settings: {
    type: 'string',
    valueHint: 'FILE',
    description: 'A file with these LAMPLIGHTER_* settings as NAME=value lines',
  },
  json: { type: 'boolean', description: 'JSON with a formatVersion instead of text, faults on stderr too' },
} as const satisfies ArgsDef;

export type AppCall<Args extends ArgsDef> = {
  readonly args: ParsedArgs<Args & typeof ways>;
  readonly rawArgs: readonly string[];
  readonly door: AppDoor;
  readonly surroundings: Surroundings;
  /** Prints the value as JSON where that was asked for, else the text; the text is only made when it is wanted. */
  readonly say: (value: object, text: () => string) => void;
};

export type AppCommand<Args extends ArgsDef> = CommandHelp & {
  readonly name: string;
  readonly description: string;
  readonly args: Args;
  /** Answers the exit code; faults are thrown. */
  readonly act: (call: AppCall<Args>) => Promise<number>;
};

/** A command that talks to a running Lamplighter over its HTTP API, as whoever is signed in. */
export function appCommand<const Args extends ArgsDef>(shape: AppCommand<Args>): CommandDef {
  const { name, description, act, args, ...help } = shape;
  const meta: HelpfulMeta = { name, description, ...help };
  return defineCommand({
    meta,
    args: { ...args, ...ways } as ArgsDef,
    run: async (context) => {
      const surroundings = context.data as Surroundings;
      const { settings } = context.args;
      const file = typeof settings === 'string' ? readSettingsFile(settings) : {};
      const given = context.args as ParsedArgs<Args & typeof ways>;
      return act({
        args: given,
        rawArgs: context.rawArgs,
        door: openDoor(
          {
            url: context.args['url'],
            audience: context.args['audience'],
          },
          { ...surroundings.environment, ...file },
        ),
        surroundings,
        say: (value, text) =>
          surroundings.stdout.write(
            context.args['json'] === true
              ? `${JSON.stringify({ formatVersion: 1, ...value }, null, 2)}\n`
              : harmlessText(text()),
          ),
      });
    },
  });
}
