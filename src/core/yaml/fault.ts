/** Where something stands in a YAML document: keys and list indexes from the top. */
export type YamlPath = readonly (string | number)[];
/** Both count from 1. */
export type Position = { readonly line: number; readonly column: number };

/** One thing wrong with a YAML text. `message` says what was found and what was expected. */
export type YamlFault = Position & {
  /** The path as people write it, `computes[2].metrics[0].cpu`; empty for the document itself. */
  readonly key: string;
  readonly message: string;
  /** The known word nearest to the one found. */
  readonly suggestion?: string;
};

export function keyPath(path: YamlPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** One line, `file:3:5 idle.afer: …`, as editors make it clickable. */
export function faultLine(fileName: string, fault: YamlFault): string {
  const key = fault.key === '' ? '' : ` ${fault.key}:`;
  const hint = fault.suggestion === undefined ? '' : ` Did you mean "${fault.suggestion}"?`;
  return `${fileName}:${fault.line}:${fault.column}${key} ${fault.message}${hint}`;
}

export const inFileOrder = (faults: readonly YamlFault[]): YamlFault[] =>
  [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
