import { Fault } from '../../../config/foundation/fault.ts';
import { laneCount, type Sha256Lanes, scheduleBytes, sha256Lanes, statesBytes } from './sha256-lanes.ts';

/** The longest text that fits into one block of SHA-256 beside its length. */
export const longestHashedText = 55;
const pageBytes = 65_536;
const wordsOfDigest = 8;

/**
 * Texts whose HMAC-SHA256 is wanted under one key after another: their part of the work that no key changes is done once.
 *
 * Memory: the schedules of the texts, four side by side; one schedule for the outer hash; the key's two states; the digests.
 */
export class HashedTexts {
  readonly #lanes: Sha256Lanes;
  readonly #most: number;
  readonly #outerSchedule: number;
  readonly #innerState: number;
  readonly #outerState: number;
  readonly #digests: number;
  #groups = 0;

  constructor(mostTexts: number) {
    const groups = Math.ceil(mostTexts / laneCount);
    this.#most = groups * laneCount;
    this.#outerSchedule = groups * scheduleBytes;
    this.#innerState = this.#outerSchedule + scheduleBytes;
    this.#outerState = this.#innerState + wordsOfDigest * 4;
    this.#digests = this.#outerState + wordsOfDigest * 4;
    this.#lanes = sha256Lanes(Math.ceil((this.#digests + groups * statesBytes) / pageBytes));
    this.#padOuterBlock();
  }

  /** Takes other texts; of each character the lower eight bits count. */
  load(texts: readonly string[]): void {
    if (texts.length > this.#most) throw new Fault('list/too-many-texts', `${texts.length} texts at once`);
    const { memory } = this.#lanes;
    this.#groups = Math.ceil(texts.length / laneCount);
    for (let group = 0; group < this.#groups; group += 1) {
      const schedule = group * scheduleBytes;
      memory.fill(0, schedule / 4, schedule / 4 + 16 * laneCount);
      for (let lane = 0; lane < laneCount; lane += 1) {
        setBlock(memory, schedule / 4 + lane, texts[group * laneCount + lane] ?? '');
      }
      this.#lanes.expand(schedule);
    }
  }

  /** HMAC of every text under a key that is given as the states after its two blocks. */
  digestUnder(inner: Int32Array, outer: Int32Array): void {
    const lanes = this.#lanes;
    lanes.memory.set(inner, this.#innerState / 4);
    lanes.memory.set(outer, this.#outerState / 4);
    for (let group = 0; group < this.#groups; group += 1) {
      // The states of the inner hash are the first words of the outer hash's block.
      lanes.compress(group * scheduleBytes, this.#innerState, this.#outerSchedule);
      lanes.expand(this.#outerSchedule);
      lanes.compress(this.#outerSchedule, this.#outerState, this.#digests + group * statesBytes);
    }
  }

  /** A word of the digest of one text. */
  word(text: number, word: number): number {
    const lane = text % laneCount;
    const states = this.#digests + ((text - lane) / laneCount) * statesBytes;
    return this.#lanes.memory[states / 4 + word * laneCount + lane] ?? 0;
  }

  /** After the 32 bytes of the inner hash: the end mark, zeros, and the length with the key's block. */
  #padOuterBlock(): void {
    const first = this.#outerSchedule / 4;
    const { memory } = this.#lanes;
    for (let lane = 0; lane < laneCount; lane += 1) {
      memory[first + 8 * laneCount + lane] = 0x8000_0000 | 0;
      memory[first + 15 * laneCount + lane] = (64 + 32) * 8;
    }
  }
}

/** One text as a block that follows the key's block (FIPS 180-4, 5.1.1), in one lane. */
function setBlock(memory: Int32Array, first: number, text: string): void {
  if (text.length > longestHashedText)
    throw new Fault('list/text-too-long', 'only texts of one hash block are hashed here');
  for (let index = 0; index <= text.length; index += 1) {
    const byte = index === text.length ? 0x80 : text.charCodeAt(index) & 0xff;
    const at = first + (index >> 2) * laneCount;
    memory[at] = (memory[at] ?? 0) | (byte << (24 - 8 * (index & 3)));
  }
  memory[first + 15 * laneCount] = (64 + text.length) * 8;
}
