import { windowsZoneNames } from '../schedule/windows-zones.ts';
import { nearestWord } from '../yaml/nearest.ts';

const bySpelling = new Map(windowsZoneNames.map((name) => [name.toLowerCase(), name]));

/** The zone as Windows spells it; null: Windows knows none of that name. */
export const windowsZoneName = (text: string): string | null =>
  bySpelling.get(text.trim().toLowerCase()) ?? null;

/** What was expected instead, with the nearest that there is. */
export function windowsZoneFault(text: string): string {
  const near = nearestWord(text, windowsZoneNames);
  const meant = near === undefined ? '' : `; did you mean "${near}"?`;
  return `expected a Windows time zone, such as "W. Europe Standard Time"${meant}`;
}
