import { z } from 'zod';
import { failureCodes } from '../core/policy/codes.ts';

export const requestInput = z.object({ requestId: z.string().regex(/^r[0-9a-f]{24}$/) });
export const failureCode = z.enum(failureCodes);
