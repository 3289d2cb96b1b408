import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';

/** One import as written: who imports what, and whether only its types. `target` is a path below the root, or a package. */
export type Arrow = { readonly from: string; readonly target: string; readonly typesOnly: boolean };
export type SourceFile = { readonly path: string; readonly text: string };

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?([^'";]*?from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|\brequire\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Comments may talk about imports; strings that look like comments (URLs) must stay whole. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}])\/\/[^\n]*/g, '$1');

/** `import { type A, type B } from` brings types alone, as `import type` does. */
function bringsTypesOnly(keyword: string | undefined, names: string | undefined): boolean {
  if (keyword !== undefined) return true;
  const braces = /^\s*\{([^}]*)\}\s*from\s+$/.exec(names ?? '')?.[1];
  const items =
    braces
      ?.split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '') ?? [];
  return items.length > 0 && items.every((item) => item.startsWith('type '));
}

export function arrowsOf(file: SourceFile): Arrow[] {
  return [...withoutComments(file.text).matchAll(statement)].map((match) => {
    const written = match[3] ?? match[4] ?? match[5] ?? '';
    const target = written.startsWith('.') ? posix.join(posix.dirname(file.path), written) : written;
    return { from: file.path, target, typesOnly: bringsTypesOnly(match[1], match[2]) };
  });
}

type Rule = {
  readonly who: RegExp;
  readonly may: (arrow: Arrow) => boolean;
  readonly says: string;
};

const inside = (target: string, ...folders: readonly string[]): boolean =>
  folders.some((folder) => target === folder || target.startsWith(`${folder}/`));
const isOurs = (target: string): boolean => inside(target, 'src', 'test', 'bench', 'scripts');
const isPackage = (target: string, ...names: readonly string[]): boolean =>
  !isOurs(target) && inside(target, ...names);

const coreLibraries = ['zod', 'yaml', 'temporal-polyfill', '@noble/hashes'];

/** Which way dependencies may point. Each rule says what its folder may import; what no rule names is free. */
export const rules: readonly Rule[] = [
  {
    who: /^src\/core\//,
    may: ({ target }) => inside(target, 'src/core') || isPackage(target, ...coreLibraries),
    says: `core imports only core and ${coreLibraries.join(', ')}`,
  },
  {
    who: /^src\/ports\//,
    may: ({ target, typesOnly }) => typesOnly && inside(target, 'src/core', 'src/ports'),
    says: 'ports import only types, of core and of other ports',
  },
  {
    who: /^src\/workflows\//,
    may: ({ target, typesOnly }) =>
      inside(target, 'src/core', 'src/workflows') ||
      isPackage(target, 'durable-functions') ||
      (typesOnly && inside(target, 'src/ports', 'src/activities', 'src/fleet')),
    says: 'workflows import only core, one another, types of ports and activities, and durable-functions',
  },
  {
    who: /^src\/ledger\//,
    may: ({ target, typesOnly }) =>
      inside(target, 'src/core', 'src/ledger') ||
      (typesOnly && inside(target, 'src/ports')) ||
      isPackage(target, ...coreLibraries),
    says: 'the ledger’s row modules import only core, one another and types of ports',
  },
  {
    who: /^src\/(activities|triggers|fleet|auth)\//,
    may: ({ target }) => !inside(target, 'src/adapters', 'src/local', 'src/cli', 'src/main.ts', 'src/app.ts'),
    says: 'activities, triggers and what they share are given their adapters and never import them',
  },
  {
    who: /^src\/present\//,
    may: ({ target, typesOnly }) =>
      inside(target, 'src/present', 'src/core') ||
      (typesOnly && inside(target, 'src/ports', 'src/ledger')) ||
      isPackage(target, ...coreLibraries),
    says: 'renderers are pure: they import only core, one another and types',
  },
  {
    who: /^src\/web\//,
    may: ({ target, typesOnly }) => inside(target, 'src/web') || (typesOnly && inside(target, 'src/present')),
    says: 'the browser’s code imports only itself and types of what is presented',
  },
  {
    who: /^src\/config\//,
    may: ({ target }) => inside(target, 'src/config', 'src/core') || isPackage(target, 'zod', 'node:util'),
    says: 'settings import only core',
  },
  {
    who: /^src\/adapters\//,
    may: ({ target }) =>
      !isOurs(target) || inside(target, 'src/adapters', 'src/core', 'src/ports', 'src/config'),
    says: 'adapters import only core, ports, settings and one another',
  },
  {
    who: /^src\/(?!local\/)(?!cli\/)/,
    may: ({ target }) => !inside(target, 'src/local'),
    says: 'nothing outside local, tests and the command line imports local',
  },
  {
    who: /^src\/(?!main\.ts$)/,
    may: ({ target }) => !inside(target, 'src/main.ts') && !inside(target, 'test', 'bench', 'scripts'),
    says: 'nothing imports the composition root, tests or scripts',
  },
];

export function brokenArrows(files: readonly SourceFile[]): string[] {
  return files
    .flatMap(arrowsOf)
    .flatMap((arrow) =>
      rules
        .filter((rule) => rule.who.test(arrow.from) && !rule.may(arrow))
        .map((rule) => `${arrow.from} → ${arrow.target}: ${rule.says}`),
    );
}

export function sourceFiles(root: string, folder = 'src'): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?ts$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: relative(root, file).split(sep).join('/'), text: readFileSync(file, 'utf8') };
    });
}

export const projectRoot = join(dirname(import.meta.filename), '..', '..');
