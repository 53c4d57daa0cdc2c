import { isBeginningOf, type Photographs, picturesToRecord, scoredPlates } from './record-photos.ts';
import { recordedPlatesBySet } from './recording.ts';
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
    const plates = (await picturesToRecord(one)).flatMap(scoredPlates);
    const goesOn = (name: string) => {
      const before = held.get(name);
      return !taken.has(name) && before !== undefined && isBeginningOf(before, plates);
    };
    const set = possible[at]?.find(goesOn) ?? fresh[at] ?? one.folder;
    taken.add(set);
    named.push({ ...one, set });
  }
  return named;
}
