import { writeFileSync } from 'node:fs';
import { parseScenario } from '../src/local/simulation/scenario/parse.ts';
import { runScenario } from '../src/local/simulation/run-scenario.ts';
import { corpusFiles, pageFile, pageOf, sectionOf } from './scenarios-page.ts';

const sections = [];
for (const file of corpusFiles()) {
  const parsed = parseScenario(file.path, file.text);
  if (!parsed.ok)
    throw new Error(`${file.path} cannot be read; try: npx lamplighter simulate test/scenarios`);
  sections.push({ file, section: sectionOf(file, await runScenario(parsed.scenario)) });
}
writeFileSync(pageFile, pageOf(sections));
console.log(`${pageFile}: ${sections.length} scenarios`);
