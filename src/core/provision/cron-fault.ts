type Field = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** As NCronTab reads them, by which Azure starts and stops instances. */
const fields: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: months },
  { name: 'day of the week', least: 0, most: 6, names: days },
];

const expected = 'expected five cron fields, such as "0 19 * * 1-5"';

function numberOf(text: string, { least, most, names }: Field): number | null {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named !== -1) return named + least;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

/** One of the comma-separated parts of a field: `*`, `5`, `1-5`, each perhaps with a step. */
function partFault(part: string, field: Field): string | null {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step)))
    return `"${part}" has no step that counts`;
  if (range === '*') return null;
  const ends = range.split('-');
  const numbers = ends.map((end) => numberOf(end, field));
  const [first, last] = numbers;
  if (ends.length > 2 || numbers.includes(null) || first === undefined) {
    return `"${part}" is not within ${field.least}–${field.most}`;
  }
  return first !== null && last !== undefined && last !== null && last < first
    ? `"${part}" ends before it begins`
    : null;
}

/** What keeps a text from being a schedule of five cron fields, in words; null: nothing. */
export function cronFault(text: string): string | null {
  const given = text.trim().split(/\s+/);
  if (given.length !== fields.length) return expected;
  for (const [index, field] of fields.entries()) {
    for (const part of (given[index] ?? '').split(',')) {
      const fault = partFault(part, field);
      if (fault !== null) return `the ${field.name} ${fault}; ${expected}`;
    }
  }
  return null;
}
