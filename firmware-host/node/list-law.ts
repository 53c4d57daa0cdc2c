import type { Log } from '../../config/foundation/log.ts';
import { mayLoad, type Verdict } from '../../config/jurisdictions/policy.ts';
import type { Profile } from '../../config/jurisdictions/profile.ts';
import { type ActiveManifest, manifestSha256 } from '../../sync/lists/manifest.ts';

/** Of more refused manifests than these the oldest is forgotten, and told again when it comes again; list sync counts them all. */
const mostToldManifests = 1_000;

/** What the country's law lets this node load and report of lists. */
export class ListLaw {
  readonly #profile: Profile;
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(profile: Profile, log: Log) {
    this.#profile = profile;
    this.#log = log;
  }

  allows(asked: Pick<ActiveManifest, 'authority' | 'purpose' | 'action'>): boolean {
    return this.#verdict(asked).allowed;
  }

  /** The same of a whole list; why it is not allowed is told once, because a broker says the same manifest again and again. */
  allowsList(manifest: ActiveManifest): boolean {
    const verdict = this.#verdict(manifest);
    if (verdict.allowed) return true;
    const { authority, list } = manifest;
    if (this.#isNews(manifestSha256(manifest)))
      this.#log.event('warn', 'list/not-allowed', { authority, list, reason: verdict.reason });
    return false;
  }

  #verdict({ authority, purpose, action }: Pick<ActiveManifest, 'authority' | 'purpose' | 'action'>): Verdict {
    return mayLoad(this.#profile, { authority, purpose, actions: [action] });
  }

  #isNews(sha256: string): boolean {
    if (this.#told.has(sha256)) return false;
    this.#told.add(sha256);
    const [oldest] = this.#told;
    if (this.#told.size > mostToldManifests && oldest !== undefined) this.#told.delete(oldest);
    return true;
  }
}
