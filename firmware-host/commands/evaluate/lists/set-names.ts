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
  const paths = folders.map((folder) => resolve(folder).split(sep).filter(Boolean));
  const twice = folders.find((folder, at) => folders.findIndex((one) => resolve(one) === resolve(folder)) < at);
  if (twice !== undefined)
    throw new Fault(
      'evaluate/set-twice',
      `${twice} is named twice: give each folder once, with --photos or --crop-photos`,
    );
  const lengths: number[] = paths.map((path) => (needParent.has(path.at(-1) ?? '') ? 2 : 1));
  for (;;) {
    const names = paths.map((path, at) => path.slice(-(lengths[at] ?? 1)).join('/'));
    const alike = names.map((name) => names.indexOf(name) !== names.lastIndexOf(name));
    if (!alike.includes(true)) return names;
    for (const [at, one] of alike.entries()) if (one) lengths[at] = (lengths[at] ?? 1) + 1;
  }
}
