import { z } from 'zod';
import { LamplighterError } from '../../core/errors.ts';
import {
  type ComputeRef,
  parseComputeName,
  parseResourceGroupName,
  parseSubscriptionId,
  parseWorkspaceName,
} from '../../core/ids.ts';

/** A text that one of core's parsers takes; its words become the fault's. */
export function named<T>(parse: (text: unknown) => T) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof LamplighterError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
}

export const computePathTemplate = 'computes/{subscription}/{resourceGroup}/{workspace}/{compute}';

/** The address of one compute, each name parsed by its kind before anything is done with it. */
export const computeParams = z
  .object({
    subscription: named(parseSubscriptionId),
    resourceGroup: named(parseResourceGroupName),
    workspace: named(parseWorkspaceName),
    compute: named(parseComputeName),
  })
  .transform(
    (names): ComputeRef => ({
      subscriptionId: names.subscription,
      resourceGroup: names.resourceGroup,
      workspace: names.workspace,
      compute: names.compute,
    }),
  );
