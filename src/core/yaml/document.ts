import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { inFileOrder, type Position, type YamlFault, type YamlPath } from './fault.ts';

/**
 * Finds where a path stands. A path that is not in the text is placed at the nearest part of it that is. With
 * `key` the position is that of the key itself, else that of its value.
 */
export type Locate = (path: YamlPath, part: 'key' | 'value') => Position;

export type YamlDocument = { readonly value: unknown; readonly locate: Locate };
export type OpenedYaml = {
  /** Null where the text is too broken to look inside. */
  readonly document: YamlDocument | null;
  readonly faults: readonly YamlFault[];
};

const longestText = 4 * 1024 * 1024;
const mostAliases = 100;
const deepest = 60;

const sayings: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'the key is there twice, expected each key once',
  TAB_AS_INDENT: 'found a tab, expected spaces for indentation',
  MULTIPLE_DOCS: 'found a second document ("---"), expected one document in a file',
};
/** After these the rest of the document still means what its author wrote. */
const harmless = new Set(['DUPLICATE_KEY']);

const positionAt = (lines: LineCounter, offset: number): Position => {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
};

const startOf = (node: unknown, otherwise: number): number =>
  (node as Node | null | undefined)?.range?.[0] ?? otherwise;

function locator(document: Document.Parsed, lines: LineCounter): Locate {
  return (path, part) => {
    let node: unknown = document.contents;
    let offset = startOf(node, 0);
    for (const [index, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        // Of a key that is there twice the later one counts, as in the value.
        const pair = node.items.findLast(
          (item) => (isScalar(item.key) ? String(item.key.value) : '') === step,
        );
        if (pair === undefined) break;
        const keyOffset = startOf(pair.key, offset);
        const last = index === path.length - 1;
        offset = last && part === 'key' ? keyOffset : startOf(pair.value, keyOffset);
        node = pair.value;
      } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
        node = node.items[step];
        offset = startOf(node, offset);
      } else break;
    }
    return positionAt(lines, offset);
  };
}

function tooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > deepest) return true;
  return Object.values(value).some((inner) => tooDeep(inner, depth + 1));
}

/** One slip of syntax drags hundreds of others behind it that are none. */
const mostSyntaxFaults = 5;
function foremost(faults: readonly YamlFault[]): readonly YamlFault[] {
  const shown = faults.slice(0, mostSyntaxFaults);
  const last = shown.at(-1);
  const left = faults.length - shown.length;
  if (last === undefined || left === 0) return shown;
  return [...shown, { ...last, message: `and ${left} more of the kind from here on: mend these first` }];
}

const broken = (message: string): OpenedYaml => ({
  document: null,
  faults: [{ line: 1, column: 1, key: '', message }],
});

/**
 * Reads one YAML 1.2 document of plain data. Never throws: whatever is wrong with the text is in `faults`, all of it
 * at once. An empty text is the value null.
 */
export function openYaml(text: string): OpenedYaml {
  if (text.length > longestText) return broken('the text is too long, expected at most 4 MiB');
  try {
    return open(text);
  } catch (error) {
    // The composer recurses: brackets nested by the thousand end in a RangeError.
    if (error instanceof RangeError) return broken('found values nested too deeply to be read');
    // What remains are aliases: unknown ones, or so many that the text would grow without end when expanded.
    if (error instanceof ReferenceError) return broken('found an alias ("*name") that cannot be resolved');
    throw error;
  }
}

function open(text: string): OpenedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    schema: 'core',
    stringKeys: true,
    version: '1.2',
  });
  const faults: YamlFault[] = [...document.errors, ...document.warnings].map((error) => ({
    ...positionAt(lines, error.pos[0]),
    key: '',
    message: sayings[error.code] ?? `this is not YAML as it can be read here: ${error.message}`,
  }));
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.2') {
    faults.push({ line: 1, column: 1, key: '', message: `found %YAML ${version}, expected YAML 1.2` });
  }
  const readable = [...document.errors, ...document.warnings].every((error) => harmless.has(error.code));
  if (!readable) return { document: null, faults: foremost(inFileOrder(faults)) };
  const value: unknown = document.toJS({ maxAliasCount: mostAliases });
  if (tooDeep(value)) return broken('found values nested too deeply to be read');
  return { document: { value, locate: locator(document, lines) }, faults };
}
