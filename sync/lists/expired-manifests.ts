import type { Manifest, SignedManifest } from './manifest.ts';

/** More lists than a node is given; whoever can sign for one authority could make up names without end. */
const mostLists = 256;

/**
 * The manifests that were refused for nothing but their age, of each list the newest: the clock that found them too old may have been
 * wrong, and the broker says them only once.
 */
export class ExpiredManifests {
  readonly #ofLists = new Map<string, SignedManifest>();

  /** One that is repeated after a newer one changes nothing. */
  keep(signed: SignedManifest): void {
    const name = nameOf(signed.manifest);
    const { version = 0 } = this.#ofLists.get(name)?.manifest ?? {};
    if (signed.manifest.version < version) return;
    this.#ofLists.delete(name);
    this.#ofLists.set(name, signed);
    const [oldest] = this.#ofLists.keys();
    if (this.#ofLists.size > mostLists && oldest !== undefined) this.#ofLists.delete(oldest);
  }

  /** This version was taken: none up to it will be. */
  overtakenBy(manifest: Manifest): void {
    const name = nameOf(manifest);
    const kept = this.#ofLists.get(name);
    if (kept !== undefined && kept.manifest.version <= manifest.version) this.#ofLists.delete(name);
  }

  /** Lets go of those that are not too old after all, and returns them. */
  takeValid(isExpired: (manifest: Manifest) => boolean): readonly SignedManifest[] {
    const valid = [...this.#ofLists.values()].filter(({ manifest }) => !isExpired(manifest));
    for (const { manifest } of valid) this.#ofLists.delete(nameOf(manifest));
    return valid;
  }
}

function nameOf({ authority, list }: Manifest): string {
  return `${authority}/${list}`;
}
