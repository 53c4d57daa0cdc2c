import { resolve, sep } from 'node:path';
import { Fault } from '../../../../config/foundation/fault.ts';
import { renderedSet } from './rendered-passages.ts';

/** A bare `val` says nothing, and this one is taken. */
const needParent: ReadonlySet<string> = new Set(['val', renderedSet]);

/**
 * The name under which each folder is recorded: its own, and of folders that are called alike as much of what they lie in as tells them
 * apart. Fault: `evaluate/set-twice`.
 */
export function setNames(folders: readonly string[]): readonly string[] {
  const paths = folders.map(partsOf);
  const twice = folders.find((folder, at) => folders.findIndex((one) => resolve(one) === resolve(folder)) < at);
  if (twice !== undefined)
    throw new Fault(
      'evaluate/set-twice',
      `${twice} is named twice: give each folder once, with --photos or --crop-photos`,
    );
  const lengths: number[] = paths.map(fewestParts);
  for (;;) {
    const names = paths.map((path, at) => path.slice(-(lengths[at] ?? 1)).join('/'));
    const alike = names.map((name) => names.indexOf(name) !== names.lastIndexOf(name));
    if (!alike.includes(true)) return names;
    for (const [at, one] of alike.entries()) if (one) lengths[at] = (lengths[at] ?? 1) + 1;
  }
}

/** Every name that `setNames` gives a folder, whatever others stand beside it; the shortest first. */
export function possibleNames(folder: string): readonly string[] {
  const path = partsOf(folder);
  const shortest = fewestParts(path);
  return path.flatMap((_, at) => (at + 1 < shortest ? [] : [path.slice(-(at + 1)).join('/')]));
}

function partsOf(folder: string): readonly string[] {
  return resolve(folder).split(sep).filter(Boolean);
}

function fewestParts(path: readonly string[]): number {
  return needParent.has(path.at(-1) ?? '') ? 2 : 1;
}
