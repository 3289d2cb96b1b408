import type { FunctionInput, InvocationContext } from '@azure/functions';
import { app, type DurableClient, getClient, input } from 'durable-functions';
import type { z } from 'zod';
import { LamplighterError } from '../core/errors.ts';
import type { activities } from '../workflows/names.ts';
import { wrapBackground } from '../triggers/wrap-background.ts';

type Name = (typeof activities)[keyof typeof activities];

/** Inputs come from histories that an older release may have written: they are parsed like anything from outside. */
function parseInput<Input>(name: Name, codec: z.ZodType<Input>, value: unknown): Input {
  const parsed = codec.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new LamplighterError(
    `${name} was called with ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
    {
      code: 'workflow.bad-input',
      fault: 'lamplighter',
      fix: 'The workflow was started by another release; the next sweep starts anew.',
      ...(issue === undefined ? {} : { field: issue.path.join('.') }),
    },
  );
}

/** Registers one step of a workflow: parse, do, answer. */
export function registerActivity<Input>(
  name: Name,
  codec: z.ZodType<Input>,
  run: (input: Input) => Promise<object>,
): void {
  app.activity(name, {
    handler: wrapBackground((value: unknown) => run(parseInput(name, codec, value))),
  });
}

/** The same for a step that starts workflows. */
export function registerActivityWithClient<Input>(
  name: Name,
  codec: z.ZodType<Input>,
  run: (input: Input, client: DurableClient) => Promise<object>,
): void {
  const extraInputs: FunctionInput[] = [input.durableClient()];
  app.activity(name, {
    extraInputs,
    handler: wrapBackground((value: unknown, context: InvocationContext) =>
      run(parseInput(name, codec, value), getClient(context)),
    ),
  });
}
