import { fold } from '../../../config/foundation/fold.ts';
import { type Log, silentLog } from '../../../config/foundation/log.ts';
import { isInside, type NodePlace } from '../area.ts';
import { firstBits } from '../chunk.ts';
import type { ListEntry } from '../entry.ts';
import { type ActiveManifest, layersOf } from '../manifest.ts';
import { HashedTexts } from '../sealing/hashed-texts.ts';
import type { ListKeys } from '../sealing/list-keys.ts';
import type { ListSeal, SealedEntry } from '../sealing/seal.ts';
import { mayHold } from '../store/key-filter.ts';
import { bucketOf } from '../store/layer-store.ts';
import type { ListStore } from '../store/list-store.ts';
import type { StoredLayer } from '../store/stored-layer.ts';
import { borderTraffic, type PlatePopulation } from '../traffic/plate-population.ts';
import { type FoldedSpelling, foldedSpellings, mostSpellings } from './folded-spelling.ts';
import { type GradedCandidate, gradeCandidates } from './hit-grade.ts';
import type {
  Abstention,
  EntryStanding,
  ListedEntry,
  ListStatus,
  ListValidity,
  Match,
  MatchedEntry,
  Reading,
} from './match.ts';
import { type Candidate, evidenceOf, isSameEntry, type ReadingEvidence } from './posterior.ts';
import { TimeFloor } from './time-floor.ts';

export interface BlackListsOptions {
  readonly store: ListStore;
  readonly keys: ListKeys;
  readonly node: NodePlace;
  readonly population?: PlatePopulation;
  /** What the country's law lets this node report: an entry may ask for something else than its list. */
  readonly allows?: (asked: Pick<ActiveManifest, 'authority' | 'purpose' | 'action'>) => boolean;
  /** Whether a time server keeps the clock that `nowMs` comes from; never, unless it is said. */
  readonly clockIsKept?: () => boolean;
  readonly monotonicMs?: () => number;
  readonly log?: Log;
}

interface LoadedList {
  readonly manifest: ActiveManifest;
  readonly seal: ListSeal | null;
  /** Newest first. */
  readonly layers: readonly StoredLayer[];
  readonly notBeforeMs: number;
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** The sealed lists of this node, ready to be asked whether a passage's vehicle is on one of them. */
export class BlackLists {
  readonly #options: BlackListsOptions;
  readonly #population: PlatePopulation;
  readonly #abstentions = new Map<Abstention, number>();
  readonly #hashed = new HashedTexts(mostSpellings);
  readonly #timeFloor: TimeFloor;
  #lists: readonly LoadedList[] = [];
  #layers = new Map<string, StoredLayer>();
  #revision = '';

  constructor(options: BlackListsOptions) {
    this.#options = options;
    this.#population = options.population ?? borderTraffic();
    const { clockIsKept = () => false, monotonicMs = () => performance.now(), log = silentLog } = options;
    const onBehind = (floorMs: number, nowMs: number) => {
      const believed = new Date(floorMs).toISOString();
      log.event('warn', 'list/clock-behind', { seconds: Math.round((floorMs - nowMs) / 1000), believed });
    };
    this.#timeFloor = new TimeFloor({ clockIsKept, monotonicMs, onBehind });
    this.#reload();
  }

  /** How often a listed plate or a whole list gave no match, by reason. */
  get abstentions(): ReadonlyMap<Abstention, number> {
    return this.#abstentions;
  }

  /** The listed plates that this reading meets well enough to report, list by list. */
  match(reading: Reading, nowMs: number): readonly Match[] {
    this.#reload();
    const folded = foldedSpellings(reading);
    this.#hashed.load(folded.map((one) => one.folded));
    let evidence: ReadingEvidence | null = null;
    const trueNowMs = this.#timeFloor.atLeast(nowMs);
    return this.#lists.flatMap((list) => {
      const candidates = this.#candidates(list, folded, trueNowMs);
      if (candidates.length === 0) return [];
      // Nearly no passage comes this far, so the evidence is not worked out before.
      evidence ??= evidenceOf(reading, folded, this.#population);
      return this.#weigh(list, evidence, candidates).flatMap(({ candidate, probability, grade }) =>
        grade === null ? [] : [matchOf({ list, candidate, probability, grade, folded, nowMs })],
      );
    });
  }

  /** One line for each list that this node knows of. */
  lists(nowMs: number): readonly ListStatus[] {
    this.#reload();
    const trueNowMs = this.#timeFloor.atLeast(nowMs);
    return this.#options.store.lists().map((stored) => {
      const { active, accepted } = stored;
      const loaded = this.#lists.find(
        (one) => one.manifest.authority === stored.authority && one.manifest.list === stored.list,
      );
      return {
        authority: stored.authority,
        id: stored.list,
        validity: loaded === undefined ? (stored.withdrawn ?? 'waiting') : validityOf(loaded, trueNowMs),
        generation: active?.generation ?? null,
        version: active?.version ?? null,
        entries: active?.entries ?? 0,
        ageMs: active === null ? null : Math.max(0, nowMs - Date.parse(active.issued)),
        acceptedVersion: accepted.version,
      };
    });
  }

  /**
   * Whether an entry that a hit was made for is still on its list. `unknown` while the list does not match here (no key, not yet
   * fetched): nothing is to be concluded from that.
   */
  standing({ authority, list: id, text, reference }: ListedEntry): EntryStanding {
    this.#reload();
    const stored = this.#options.store.lists().find((one) => one.authority === authority && one.list === id);
    if (stored?.withdrawn === 'revoked') return 'list-revoked';
    const list = this.#lists.find(({ manifest }) => manifest.authority === authority && manifest.list === id);
    const seal = list?.seal ?? null;
    if (list === undefined || seal === null) return 'unknown';
    const folded = fold(text);
    this.#hashed.load([folded]);
    seal.lookUpAll(this.#hashed);
    const records = this.#recordsUnder(list, seal, { spelling: 0, folded });
    return records.some(({ sealed }) => seal.open(folded, sealed)?.reference === reference) ? 'listed' : 'removed';
  }

  /** The list's entries that the spellings meet and that ask for a hit here and now. */
  #candidates(list: LoadedList, folded: readonly FoldedSpelling[], nowMs: number): Candidate[] {
    const validity = validityOf(list, nowMs);
    if (validity !== 'valid' || list.seal === null) {
      this.#abstain(abstentionOf[validity] ?? 'no-key');
      return [];
    }
    const candidates: Candidate[] = [];
    list.seal.lookUpAll(this.#hashed);
    for (let spelling = 0; spelling < folded.length; spelling += 1) {
      const met = folded[spelling];
      if (met === undefined || !this.#mayBeListed(list, spelling)) continue;
      for (const { sealed } of this.#recordsUnder(list, list.seal, { spelling, folded: met.folded })) {
        const entry = list.seal.open(met.folded, sealed);
        if (entry !== null && this.#isAsked(list, entry, Math.max(nowMs, list.notBeforeMs)))
          candidates.push({ entry, met });
      }
    }
    return candidates;
  }

  #weigh({ manifest }: LoadedList, evidence: ReadingEvidence, candidates: readonly Candidate[]) {
    const graded = gradeCandidates(evidence, candidates, manifest).filter(isLikeliestOfItsEntry);
    for (const { grade } of graded) if (grade === null) this.#abstain('improbable');
    return graded;
  }

  /** `false` is certain, and nearly every answer; asked 512 times a passage, hence without lists or iterators. */
  #mayBeListed({ layers }: LoadedList, spelling: number): boolean {
    for (let at = 0; at < layers.length; at += 1) {
      const layer = layers[at];
      if (layer !== undefined && this.#layerMayHold(layer, spelling)) return true;
    }
    return false;
  }

  #layerMayHold(layer: StoredLayer, spelling: number): boolean {
    const chunk = firstBits(this.#hashed.word(spelling, 0) >>> 0, layer.prefixBits);
    const begin = layer.filterStarts[chunk] ?? 0;
    const end = layer.filterStarts[chunk + 1] ?? begin;
    return mayHold(layer.filters, { begin, end }, this.#hashed.word(spelling, 1), this.#hashed.word(spelling, 2));
  }

  /** Under a look-up key the newest layer that has it speaks alone; a removal there means that nothing is listed. */
  #recordsUnder(
    list: LoadedList,
    seal: ListSeal,
    { spelling, folded }: { readonly spelling: number; readonly folded: string },
  ): readonly SealedEntry[] {
    const word0 = this.#hashed.word(spelling, 0);
    for (const layer of list.layers) {
      if (!this.#layerMayHold(layer, spelling)) continue;
      const chunk = firstBits(word0 >>> 0, layer.prefixBits);
      const lookup = seal.lookupKey(folded);
      const bucket = bucketOf(word0, layer.prefixBits, layer.bucketBits[chunk] ?? 0);
      const records = this.#options.store.layers.bucket(layer.chunkIds[chunk] ?? 0, bucket);
      const found = records.filter((record) => record.lookup.equals(lookup));
      if (found.length > 0) return found.filter((record) => record.sealed.length > 0);
    }
    return [];
  }

  #isAsked({ manifest }: LoadedList, entry: ListEntry, nowMs: number): boolean {
    const { authority, purpose, action } = manifest;
    const asked = { authority, purpose: entry.purpose ?? purpose, action: entry.action ?? action };
    const early = entry.validFrom !== undefined && nowMs < Date.parse(entry.validFrom);
    const late = entry.validUntil !== undefined && nowMs >= Date.parse(entry.validUntil);
    if (early || late) this.#abstain('entry-not-valid');
    else if (!isInside(entry.area, this.#options.node)) this.#abstain('outside-area');
    else if (this.#options.allows?.(asked) === false) this.#abstain('not-allowed');
    else return true;
    return false;
  }

  #abstain(reason: Abstention): void {
    this.#abstentions.set(reason, (this.#abstentions.get(reason) ?? 0) + 1);
  }

  /** Takes over what the store and the keys hold now; layers that stay are not read again. */
  #reload(): void {
    const { store, keys } = this.#options;
    const revision = `${store.revision}/${keys.revision}`;
    if (revision === this.#revision) return;
    const layers = new Map<string, StoredLayer>();
    this.#lists = store.lists().flatMap(({ active }) => {
      if (active === null) return [];
      const loaded = layersOf(active).map(({ index }) => {
        const { authority, list } = active;
        const name = { authority, list, indexSha256: index.sha256 };
        const key = `${authority}/${list}/${index.sha256}`;
        // What was fetched anew comes first: its chunks have other ids than those that were deleted with the layer before.
        const layer = store.layers.handedOver(name) ?? this.#layers.get(key) ?? store.layers.read(name);
        layers.set(key, layer);
        return layer;
      });
      const seal = keys.sealOf(active);
      return [
        {
          manifest: active,
          seal: seal?.keyCheck === active.keyCheck ? seal : null,
          layers: loaded,
          notBeforeMs: store.latestIssuedMs(active.authority),
          validFromMs: Date.parse(active.validFrom),
          validUntilMs: Date.parse(active.validUntil),
        },
      ];
    });
    this.#layers = layers;
    this.#revision = revision;
  }
}

/** An entry with unknown characters may be met by several spellings, and is one hit. */
function isLikeliestOfItsEntry(
  { candidate: { entry, met } }: GradedCandidate,
  at: number,
  all: readonly GradedCandidate[],
) {
  return !all.some(({ candidate: other }, place) => {
    const isLikelier = other.met.probability - met.probability || at - place;
    return other.met !== met && isLikelier > 0 && isSameEntry(entry, other.entry);
  });
}

const abstentionOf: Partial<Record<ListValidity, Abstention>> = {
  expired: 'list-expired',
  'not-yet-valid': 'list-not-yet-valid',
};

/** A clock behind the authority's latest signature is wrong and must not revive an expired list. */
function validityOf(list: LoadedList, nowMs: number): ListValidity {
  const trueNowMs = Math.max(nowMs, list.notBeforeMs);
  if (trueNowMs >= list.validUntilMs) return 'expired';
  if (trueNowMs < list.validFromMs) return 'not-yet-valid';
  return list.seal === null ? 'no-key' : 'valid';
}

function matchOf(found: {
  readonly list: LoadedList;
  readonly candidate: Candidate;
  readonly probability: number;
  readonly grade: Match['grade'];
  readonly folded: readonly FoldedSpelling[];
  readonly nowMs: number;
}): Match {
  const { manifest } = found.list;
  const { entry, met } = found.candidate;
  const read = met.spellings.find((one) => one.text === entry.text) ?? met.spellings[0];
  const others = found.folded.filter((one) => one !== met).sort((a, b) => b.probability - a.probability);
  return {
    listed: { text: entry.text, country: entry.country ?? null },
    read: { text: read?.text ?? met.folded, probability: read?.probability ?? 0 },
    runnerUp: others[0]?.spellings[0] ?? null,
    probability: found.probability,
    grade: found.grade,
    list: {
      authority: manifest.authority,
      id: manifest.list,
      generation: manifest.generation,
      version: manifest.version,
      purpose: entry.purpose ?? manifest.purpose,
      legalBasis: entry.legalBasis ?? manifest.legalBasis,
      ageMs: Math.max(0, found.nowMs - Date.parse(manifest.issued)),
    },
    entry: instructionsOf(entry, manifest, found.nowMs),
  };
}

/** What an entry does not say itself follows its list. */
function instructionsOf(entry: ListEntry, manifest: ActiveManifest, nowMs: number): MatchedEntry {
  const withinMinutes = entry.respondWithinMinutes ?? manifest.respondWithinMinutes;
  return {
    reference: entry.reference,
    action: entry.action ?? manifest.action,
    priority: entry.priority ?? manifest.priority,
    recipients: entry.recipients ?? manifest.recipients,
    deadlineMs: withinMinutes === null ? null : nowMs + withinMinutes * 60_000,
  };
}
