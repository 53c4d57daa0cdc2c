import { isInside, type NodePlace } from './area.ts';
import type { ActiveManifest } from './manifest.ts';
import type { RefusalReason } from './refusals.ts';
import type { StoredList } from './store/list-store.ts';
import type { TrustStore } from './trust.ts';

export interface PresentCircumstances {
  readonly trust: TrustStore;
  readonly node: NodePlace;
  readonly allows?: ((manifest: ActiveManifest) => boolean) | undefined;
}

export type HeldObjection =
  | Extract<RefusalReason, 'unknown-authority' | 'bad-signature' | 'not-allowed'>
  | 'outside-area'
  | 'inside-area';

/**
 * Why what was taken over before counts no more, by today's keys, place and law, which may have changed since; null when it does.
 * `inside-area` is of a list that was withdrawn because its area lay elsewhere.
 */
export function objectionToHeld(
  stored: StoredList,
  { trust, node, allows }: PresentCircumstances,
): HeldObjection | null {
  const { authority, held, withdrawn } = stored;
  if (!trust.knows(authority)) return 'unknown-authority';
  if (!held.every((signed) => trust.verifies(signed))) return 'bad-signature';
  for (const { manifest } of held) {
    if (manifest.state !== 'active') continue;
    if (isInside(manifest.area, node) !== (withdrawn === null))
      return withdrawn === null ? 'outside-area' : 'inside-area';
    if (withdrawn === null && allows?.(manifest) === false) return 'not-allowed';
  }
  return null;
}
