/**
 * Zones as Azure's own schedules name them, with their distance from UTC in minutes in winter. Azure counts by that all the
 * year: its labels do not follow daylight saving. `shifts`: the place's own clocks do.
 */
export type WindowsZone = { readonly offsetMinutes: number; readonly shifts: boolean };

const zones: readonly (readonly [string, number, boolean])[] = [
  ['UTC', 0, false],
  ['Coordinated Universal Time', 0, false],
  ['GMT Standard Time', 0, true],
  ['Greenwich Standard Time', 0, false],
  ['W. Europe Standard Time', 60, true],
  ['Central Europe Standard Time', 60, true],
  ['Central European Standard Time', 60, true],
  ['Romance Standard Time', 60, true],
  ['E. Europe Standard Time', 120, true],
  ['FLE Standard Time', 120, true],
  ['GTB Standard Time', 120, true],
  ['Israel Standard Time', 120, true],
  ['South Africa Standard Time', 120, false],
  ['Turkey Standard Time', 180, false],
  ['Arab Standard Time', 180, false],
  ['Russian Standard Time', 180, false],
  ['Arabian Standard Time', 240, false],
  ['Pakistan Standard Time', 300, false],
  ['India Standard Time', 330, false],
  ['SE Asia Standard Time', 420, false],
  ['China Standard Time', 480, false],
  ['Singapore Standard Time', 480, false],
  ['W. Australia Standard Time', 480, false],
  ['Korea Standard Time', 540, false],
  ['Tokyo Standard Time', 540, false],
  ['AUS Central Standard Time', 570, false],
  ['Cen. Australia Standard Time', 570, true],
  ['AUS Eastern Standard Time', 600, true],
  ['E. Australia Standard Time', 600, false],
  ['New Zealand Standard Time', 720, true],
  ['E. South America Standard Time', -180, false],
  ['Argentina Standard Time', -180, false],
  ['Atlantic Standard Time', -240, true],
  ['SA Western Standard Time', -240, false],
  ['Eastern Standard Time', -300, true],
  ['US Eastern Standard Time', -300, true],
  ['SA Pacific Standard Time', -300, false],
  ['Central Standard Time', -360, true],
  ['Mountain Standard Time', -420, true],
  ['US Mountain Standard Time', -420, false],
  ['Pacific Standard Time', -480, true],
  ['Alaskan Standard Time', -540, true],
  ['Hawaiian Standard Time', -600, false],
];
const byName = new Map(
  zones.map(([name, offsetMinutes, shifts]) => [name.toLowerCase(), { offsetMinutes, shifts }] as const),
);

/** Null: a name that is not known here, and whose times are so not known either. */
export const windowsZone = (name: string): WindowsZone | null => byName.get(name.toLowerCase()) ?? null;
