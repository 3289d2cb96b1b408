const JS_EXPONENT = /^(-?[\d.]+)e([+-])(\d+)$/;

/** A number as Newtonsoft writes it: `1E+21`, `1E-07`. */
export function netNumber(value: number | string): string {
  const text = String(value);
  const match = JS_EXPONENT.exec(text);
  if (match === null) return text;
  const [, mantissa, sign, digits] = match;
  return `${mantissa}E${sign}${(digits ?? '').padStart(2, '0')}`;
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?e[+-]\d+/g;

/** JSON text of JavaScript with its numbers written as .NET writes them. */
export function netNumberJson(json: string): string {
  if (!json.includes('e')) return json;
  return json.replace(STRING_OR_NUMBER, (token) => (token.startsWith('"') ? token : netNumber(token)));
}
