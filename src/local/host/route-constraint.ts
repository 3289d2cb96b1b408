export type RouteConstraint = (value: string) => boolean;

const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const GUID = /^(?:[0-9a-f]{32}|\{D\}|\(D\)|D)$/.source.replaceAll(
  'D',
  '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
);
const GUID_PATTERN = new RegExp(GUID, 'i');
const NUMBER = /^\s*[+-]?(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The inline constraints of ASP.NET routing. `undefined`: no constraint of that name or with such arguments. */
export function routeConstraint(name: string, argument: string | undefined): RouteConstraint | undefined {
  const numbers = argument === undefined ? [] : argument.split(',').map((text) => Number(text.trim()));
  if (name !== 'regex' && numbers.some((value) => !Number.isInteger(value))) return undefined;
  return argument === undefined ? plainConstraint(name) : argumentConstraint(name, argument, numbers);
}

function plainConstraint(name: string): RouteConstraint | undefined {
  switch (name) {
    case 'int':
      return (value) => isInteger(value, INT32);
    case 'long':
      return (value) => isInteger(value, INT64);
    case 'bool':
      return (value) => /^\s*(?:true|false)\s*$/i.test(value);
    case 'decimal':
    case 'double':
    case 'float':
      return (value) => NUMBER.test(value);
    case 'datetime':
      return (value) => !Number.isNaN(Date.parse(value));
    case 'guid':
      return (value) => GUID_PATTERN.test(value);
    case 'alpha':
      return (value) => /^[a-z]*$/i.test(value);
    case 'required':
      return (value) => value !== '';
    case 'file':
      return (value) => /\.[^/.]/.test(value.slice(value.lastIndexOf('/') + 1));
    case 'nonfile':
      return (value) => !/\.[^/.]/.test(value.slice(value.lastIndexOf('/') + 1));
    default:
      return undefined;
  }
}

function argumentConstraint(
  name: string,
  argument: string,
  [first = 0, second]: readonly number[],
): RouteConstraint | undefined {
  switch (name) {
    case 'minlength':
      return (value) => value.length >= first;
    case 'maxlength':
      return (value) => value.length <= first;
    case 'length':
      return (value) => value.length >= first && value.length <= (second ?? first);
    case 'min':
      return (value) => isInteger(value, { min: BigInt(first), max: INT64.max });
    case 'max':
      return (value) => isInteger(value, { min: INT64.min, max: BigInt(first) });
    case 'range':
      return second === undefined
        ? undefined
        : (value) => isInteger(value, { min: BigInt(first), max: BigInt(second) });
    case 'regex':
      return regexConstraint(argument);
    default:
      return undefined;
  }
}

function regexConstraint(source: string): RouteConstraint | undefined {
  try {
    const pattern = new RegExp(source, 'i');
    return (value) => pattern.test(value);
  } catch {
    return undefined;
  }
}

function isInteger(value: string, { min, max }: { min: bigint; max: bigint }): boolean {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) return false;
  const parsed = BigInt(value.trim().replace(/^\+/, ''));
  return parsed >= min && parsed <= max;
}
