import { writeFileSync } from 'node:fs';

const quoted = (value: string): string =>
  /^[-\w.,:/@+=]*$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;

/** Settings as lines that the command line's --settings takes, and a shell. Nobody else may read them: a token is among them. */
export function writeSettings(file: string, settings: Readonly<Record<string, string>>): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}\n`);
  writeFileSync(
    file,
    `# Settings of the local run, for: npx lamplighter plan --settings FILE\n${lines.join('')}`,
    {
      mode: 0o600,
    },
  );
}
