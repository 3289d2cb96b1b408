import type { z } from 'zod';
import { checkValue } from '../../../core/yaml/check.ts';
import type { Locate } from '../../../core/yaml/document.ts';
import { keyPath, type YamlFault, type YamlPath } from '../../../core/yaml/fault.ts';
import { nearestWord } from '../../../core/yaml/nearest.ts';

/** Collects the faults of one file while it is read. */
export class FaultCollector {
  readonly faults: YamlFault[] = [];
  readonly locate: Locate;

  constructor(locate: Locate) {
    this.locate = locate;
  }

  add(path: YamlPath, message: string, suggestion?: string): void {
    this.faults.push({
      ...this.locate(path, 'value'),
      key: keyPath(path),
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }

  /** A word that is none of the known ones. */
  addUnknown(path: YamlPath, what: string, found: string, known: Iterable<string>): void {
    const words = [...known];
    const shown = words.length > 12 ? [...words.slice(0, 12), '…'] : words;
    const expected = words.length === 0 ? 'but the file has none' : `expected one of ${shown.join(', ')}`;
    this.add(path, `${JSON.stringify(found)} is no ${what}, ${expected}`, nearestWord(found, words));
  }

  /** The value as the schema reads it; null if it has faults, which are noted. */
  check<Schema extends z.ZodType>(schema: Schema, value: unknown, path: YamlPath): z.output<Schema> | null {
    const checked = checkValue(schema, value, this.locate, path);
    if (checked.ok) return checked.value;
    this.faults.push(...checked.faults);
    return null;
  }

  lineOf(path: YamlPath): number {
    return this.locate(path, 'key').line;
  }
}
