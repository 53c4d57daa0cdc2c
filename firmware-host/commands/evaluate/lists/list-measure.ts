import { fold } from '../../../../config/foundation/fold.ts';
import type { Calibration } from '../../../../sync/lists/matching/calibration.ts';
import { foldedSpellings } from '../../../../sync/lists/matching/folded-spelling.ts';
import { gradeCandidates, type HitTerms, leastPosterior } from '../../../../sync/lists/matching/hit-grade.ts';
import { evidenceOf, type ReadingEvidence, strengthOf } from '../../../../sync/lists/matching/posterior.ts';
import type { PlatePopulation } from '../../../../sync/lists/traffic/plate-population.ts';
import { seededRandom } from '../../../demo/seeded-random.ts';
import { arrivalSize, plateNumber } from './decoy-lists.ts';
import { type Decoy, decoysOf } from './decoys.ts';
import type { ReportedPassage } from './fused-reading.ts';
import { type Estimate, meanOf, shareOf } from './interval.ts';
import { acceptedBy, type SimpleRule, simpleRules } from './simple-rules.ts';

export const rules = [...simpleRules, 'confirmed', 'verify'] as const;
export type Rule = (typeof rules)[number];

export interface MeasureOptions {
  readonly population: PlatePopulation;
  readonly calibration: Calibration;
  /** What the list's authority expects and bears, whatever the list's size. */
  readonly terms: Omit<HitTerms, 'entries'>;
  readonly sizes: readonly number[];
  readonly draws: number;
  /** The lists hold plates of this country alone, where they are not drawn from the traffic as it is. */
  readonly listed?: string | undefined;
}

/** One rule at one list size. */
export interface RuleFigures {
  readonly rule: Rule;
  readonly entries: number;
  /** Share of passages of listed vehicles that are reported. */
  readonly recall: Estimate;
  /** Of the passages whose best spelling is wrong, the share that is reported all the same. */
  readonly recovered: Estimate;
  /** Passages of unlisted vehicles with a false hit, in a million. */
  readonly falsePerMillion: Estimate;
}

/** A vehicle with what was read of it. */
export interface KnownPassage extends ReportedPassage {
  readonly text: string;
  readonly country: string | null;
}

interface Tally {
  reported: number;
  recovered: number;
  innocents: number;
  readonly falseShares: number[];
}

/** Edit distance 1 accepts some five hundred texts and errs so often that a part of the passages tells enough. */
const everyWithEdits = 20;
/** A candidate this far below the threshold alone stays below it beside others. */
const farBelow = 0.1;

/** Counts what each rule reports of listed and of innocent vehicles, against many lists of several sizes. */
export class ListMeasure {
  readonly #options: MeasureOptions;
  readonly #tallies: ReadonlyMap<string, Tally>;
  #passages = 0;
  /** Of the passages, those whose vehicle can be on such a list. */
  #listable = 0;
  #misread = 0;

  constructor(options: MeasureOptions) {
    this.#options = options;
    const names = rules.flatMap((rule) => options.sizes.map((entries) => `${rule}/${entries}`));
    this.#tallies = new Map(names.map((n) => [n, { reported: 0, recovered: 0, innocents: 0, falseShares: [] }]));
  }

  get passages(): number {
    return this.#passages;
  }

  add(passage: KnownPassage): void {
    this.#passages += 1;
    const folded = passage.reading === null ? [] : foldedSpellings(passage.reading);
    const best = passage.best === null ? null : fold(passage.best);
    const misread = best !== fold(passage.text);
    if (this.#isListable(passage)) {
      this.#listable += 1;
      if (misread) this.#misread += 1;
    }
    for (const rule of simpleRules) this.#addSimple(rule, passage, best, misread);
    const { population, calibration } = this.#options;
    const evidence = passage.reading === null ? null : evidenceOf(passage.reading, folded, population, calibration);
    this.#addOurs(passage, evidence, misread);
  }

  figures(): readonly RuleFigures[] {
    const random = seededRandom(1);
    return rules.flatMap((rule) =>
      this.#options.sizes.map((entries) => {
        const tally = this.#tally(rule, entries);
        const innocent = meanOf(tally.falseShares, tally.innocents, random);
        return {
          rule,
          entries,
          recall: shareOf(tally.reported, this.#listable),
          recovered: shareOf(tally.recovered, this.#misread),
          falsePerMillion: { value: innocent.value * 1e6, low: innocent.low * 1e6, high: innocent.high * 1e6 },
        };
      }),
    );
  }

  #isListable({ country }: KnownPassage): boolean {
    const { listed } = this.#options;
    return listed === undefined || country === listed;
  }

  /** How dense a plate is among those that the lists are drawn from. */
  #listDensity(density: number, country: string): number {
    const { listed, population } = this.#options;
    if (listed === undefined) return density;
    return country === listed ? density / population.share(listed) : 0;
  }

  #addSimple(rule: SimpleRule, passage: KnownPassage, best: string | null, misread: boolean): void {
    const { sizes, draws, population } = this.#options;
    const truth = fold(passage.text);
    const accepted = best === null ? [] : acceptedBy(rule, best);
    const reported = this.#isListable(passage) && accepted.includes(truth);
    const innocent = rule !== 'edit1' || this.#passages % everyWithEdits === 1;
    const largest = Math.max(...sizes);
    const wrong = !innocent
      ? []
      : accepted.flatMap((one) => {
          const densityIn = (name: string) => this.#listDensity(population.density(one, name), name);
          const density = one === truth ? 0 : population.countries.reduce((sum, name) => sum + densityIn(name), 0);
          return density * largest < 1e-9 ? [] : { plate: plateNumber(one, ''), density };
        });
    const hits = new Map(sizes.map((size) => [size, 0]));
    for (let draw = 0; draw < draws && wrong.length > 0; draw += 1) {
      const from = wrong.reduce(
        (least, one) => Math.min(least, arrivalSize(draw, one.plate, one.density)),
        Number.POSITIVE_INFINITY,
      );
      for (const size of sizes) if (from < size) hits.set(size, (hits.get(size) ?? 0) + 1);
    }
    for (const size of sizes) {
      const tally = this.#tally(rule, size);
      if (reported) tally.reported += 1;
      if (reported && misread) tally.recovered += 1;
      if (innocent) this.#addInnocent(tally, hits.get(size) ?? 0);
    }
  }

  #addOurs(passage: KnownPassage, evidence: ReadingEvidence | null, misread: boolean): void {
    const decoys = evidence === null ? [] : this.#decoys(passage, evidence);
    for (const entries of this.#options.sizes) {
      const terms = { ...this.#options.terms, entries };
      const grade = evidence === null ? null : this.#gradeOfTruth(passage, evidence, terms);
      const hits = evidence === null ? { confirmed: 0, verify: 0 } : this.#falseHits(decoys, evidence, terms);
      for (const rule of ['confirmed', 'verify'] as const) {
        const tally = this.#tally(rule, entries);
        const reported = this.#isListable(passage) && (grade === 'confirmed' || grade === rule);
        if (reported) tally.reported += 1;
        if (reported && misread) tally.recovered += 1;
        this.#addInnocent(tally, hits[rule]);
      }
    }
  }

  /** Those that can be on the lists. */
  #decoys(passage: KnownPassage, evidence: ReadingEvidence): readonly Decoy[] {
    return decoysOf(passage, evidence, Math.max(...this.#options.sizes)).flatMap((one) => {
      const density = this.#listDensity(one.density, one.entry.country ?? '');
      return density === 0 ? [] : [{ ...one, density }];
    });
  }

  /** What the node makes of this passage when its vehicle is listed. */
  #gradeOfTruth({ text, country }: KnownPassage, evidence: ReadingEvidence, terms: HitTerms) {
    const truth = fold(text);
    const met = [...evidence.shares.keys()].find((one) => one.folded === truth);
    if (met === undefined) return null;
    const entry = { text, reference: 'own', ...(country === null ? {} : { country }) };
    return gradeCandidates(evidence, [{ entry, met }], terms, this.#options.calibration)[0]?.grade ?? null;
  }

  /** In how many draws something else is reported of this passage; of either grade for `verify`. */
  #falseHits(all: readonly Decoy[], evidence: ReadingEvidence, terms: HitTerms) {
    const { draws, calibration } = this.#options;
    const leastHere = farBelow * strengthOf(leastPosterior('verify', terms, calibration), terms);
    const decoys = all.filter(({ strength }) => strength >= leastHere);
    const hits = { confirmed: 0, verify: 0 };
    for (let draw = 0; draw < draws && decoys.length > 0; draw += 1) {
      const listed = decoys.filter(({ plate, density }) => arrivalSize(draw, plate, density) < terms.entries);
      if (listed.length === 0) continue;
      const grades = gradeCandidates(evidence, listed, terms, calibration).map(({ grade }) => grade);
      if (grades.includes('confirmed')) hits.confirmed += 1;
      if (grades.some((grade) => grade !== null)) hits.verify += 1;
    }
    return hits;
  }

  #addInnocent(tally: Tally, hits: number): void {
    tally.innocents += 1;
    if (hits > 0) tally.falseShares.push(hits / this.#options.draws);
  }

  #tally(rule: Rule, entries: number): Tally {
    const tally = this.#tallies.get(`${rule}/${entries}`);
    if (tally === undefined) throw new RangeError(`no tally for ${rule} at ${entries}`);
    return tally;
  }
}
