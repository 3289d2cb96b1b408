import { describe, expect, it } from 'vitest';
import { LamplighterError } from '../../../src/core/errors.ts';
import { parseFlags } from '../../../src/local/run/flags.ts';

describe('the flags of npm start', () => {
  it('have a meaning when none is given', () => {
    expect(parseFlags([])).toEqual({
      help: false,
      once: false,
      port: 7071,
      factor: 60,
      policy: null,
      stateFolder: '.lamplighter',
      fresh: false,
    });
  });

  it.each([
    { args: ['--bogus'], says: '--bogus' },
    { args: ['extra'], says: 'extra' },
    { args: ['--port', 'http'], says: '--port http is not a number from 0 to 65535.' },
    { args: ['--port', '70000'], says: '--port 70000 is not a number from 0 to 65535.' },
    { args: ['--port', '80.5'], says: '--port 80.5 is not a whole number.' },
    { args: ['--factor', ''], says: '--factor  is not a number from 1 to 3600.' },
    { args: ['--factor', '0'], says: '--factor 0 is not a number from 1 to 3600.' },
    { args: ['--once=yes'], says: '--once' },
  ])('$args is refused by name', ({ args, says }) => {
    const parse = (): unknown => parseFlags(args);

    expect(parse).toThrow(LamplighterError);
    expect(parse).toThrow(says);
  });
});
