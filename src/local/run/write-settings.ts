import { writeFileSync } from 'node:fs';

const quoted = (value: string): string =>
  /^[-\w.,:/@+=]*$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;

/** Settings as lines that a shell sources, and the command line's --settings takes. Nobody else may read them: a token is among them. */
export function writeSettings(file: string, settings: Readonly<Record<string, string>>): void {
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  const head =
    '# Settings of the local run: source them, or give this file to npx lamplighter … --settings FILE\n';
  writeFileSync(file, `${head}${lines.join('')}`, { mode: 0o600 });
}
