import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What no sensor of a running computer says: one that is broken or absent. */
const [coldestC, hottestC] = [-55, 150];

/** The hottest that any sensor of this computer says, in degrees Celsius; null where none does. */
export function temperatureC(folder = '/sys/class/thermal'): number | null {
  const known = zones(folder)
    .map((zone) => degrees(join(folder, zone, 'temp')))
    .filter((value) => value !== null);
  return known.length === 0 ? null : Math.round(Math.max(...known) * 10) / 10;
}

function zones(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith('thermal_zone'));
  } catch {
    // Virtual machines have no such folder.
    return [];
  }
}

/** Linux gives thousandths of a degree. */
function degrees(file: string): number | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    const value = /^-?\d{1,6}$/.test(text) ? Number(text) / 1000 : Number.NaN;
    return value >= coldestC && value <= hottestC ? value : null;
  } catch {
    // A sensor that is asleep answers with an error.
    return null;
  }
}
