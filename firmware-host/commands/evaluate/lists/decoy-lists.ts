/**
 * Decoy lists drawn from the traffic, without writing them out: in a list of N entries a plate of density d stands with probability
 * 1 - exp(-N d). Each draw gives each plate one number, the size from which on the draw's list holds it, so that a longer list
 * contains the shorter ones and every passage meets the same lists. Near neighbours of a plate are on them as often as any plate.
 */
export function arrivalSize(draw: number, plate: number, density: number): number {
  return -Math.log(uniform(draw, plate)) / density;
}

/** A plate's number for `arrivalSize`: the FNV-1a hash of its text and country. */
export function plateNumber(folded: string, country: string): number {
  let hash = 0x811c9dc5;
  for (const text of [folded, '/', country]) {
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Between 0 and 1, both excluded (mixed as in MurmurHash3 by A. Appleby, public domain). */
function uniform(draw: number, plate: number): number {
  let mixed = plate ^ Math.imul(draw + 1, 0x9e3779b1);
  for (const factor of [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) {
    mixed = Math.imul(mixed ^ (mixed >>> 15), factor);
  }
  mixed ^= mixed >>> 16;
  return ((mixed >>> 0) + 0.5) / 0x1_0000_0000;
}
