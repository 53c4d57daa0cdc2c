import { filesOfPart, labelledPictures } from '../labels.ts';
import type { Photographs } from './record-photos.ts';
import { type RecordedPlate, recordedPlatesBySet } from './recording.ts';
import { possibleNames, setNames } from './set-names.ts';

/**
 * The photographs with the names under which they are recorded: those of `setNames`, but what the file holds of a folder goes on under
 * the name that it has there. Else whoever records a folder again beside another of its name would have its plates in the file twice,
 * and every figure would count them twice. Faults: those of labels, `evaluate/set-twice`, `evaluate/bad-readings`.
 */
export async function namedAsHeld(
  file: string,
  photographs: readonly Omit<Photographs, 'set'>[],
): Promise<readonly Photographs[]> {
  const fresh = setNames(photographs.map(({ folder }) => folder));
  const possible = photographs.map(({ folder }) => possibleNames(folder));
  const held = await recordedPlatesBySet(file, new Set(possible.flat()));
  const taken = new Set<string>();
  const named: Photographs[] = [];
  for (const [at, one] of photographs.entries()) {
    const plates = await platesOf(one);
    const goesOn = (name: string) => !taken.has(name) && isBegun(held.get(name), plates);
    const set = possible[at]?.find(goesOn) ?? fresh[at] ?? one.folder;
    taken.add(set);
    named.push({ ...one, set });
  }
  return named;
}

/** In the order in which they are recorded. */
async function platesOf({ folder, split, part }: Omit<Photographs, 'set'>): Promise<readonly RecordedPlate[]> {
  const wanted = split === undefined ? null : await filesOfPart(split, part);
  const pictures = (await labelledPictures(folder)).filter(({ file }) => wanted?.has(file) ?? true);
  return pictures.flatMap(({ plates }) => plates.filter(({ unscored }) => !unscored));
}

function isBegun(held: readonly RecordedPlate[] | undefined, plates: readonly RecordedPlate[]): boolean {
  return held?.every(({ text, country }, at) => text === plates[at]?.text && country === plates[at]?.country) ?? false;
}
