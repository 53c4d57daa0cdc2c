import { roundConstants } from './sha256-constants.ts';
import { body, type Code, type Local, lanes, type WebAssemblyApi, wasmModule } from './vector-code.ts';

/** Blocks of SHA-256 that are hashed side by side in one vector register each. */
export const laneCount = 4;
/** A block of every lane: 64 words of message schedule, each word of all lanes together. */
export const scheduleBytes = 64 * 4 * laneCount;
/** A state of every lane. */
export const statesBytes = 8 * 4 * laneCount;

/** What the vector code offers; places are byte addresses in `memory`. */
export interface Sha256Lanes {
  readonly memory: Int32Array;
  /** Works out words 16 to 63 of the schedule at this place from its first 16. */
  expand(schedule: number): void;
  /** Hashes the block of each lane from the one state at `from` (8 words); writes the states of the lanes. */
  compress(schedule: number, from: number, into: number): void;
}

/**
 * SHA-256's compression (FIPS 180-4, 6.2) of four blocks at once, as WebAssembly with 128-bit vectors: Node has no hash function that
 * begins from a state worked out before, and the same in JavaScript takes several times as long. It has no secret-dependent branch
 * or address.
 */
export function sha256Lanes(memoryPages: number): Sha256Lanes {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  const module = new WebAssembly.Module(wasmModule({ memoryPages, expand: expandCode(), compress: compressCode() }));
  const { memory, expand, compress } = new WebAssembly.Instance(module).exports;
  return { memory: new Int32Array(memory.buffer), expand, compress };
}

function expandCode(): Code {
  const schedule: Local = 0;
  const { load, store, add, xor, shiftRight, rotateRight } = lanes;
  const word = (index: number) => load(schedule, index * 16);
  const steps: Code[] = [];
  for (let i = 16; i < 64; i += 1) {
    const small0 = xor(xor(rotateRight(word(i - 15), 7), rotateRight(word(i - 15), 18)), shiftRight(word(i - 15), 3));
    const small1 = xor(xor(rotateRight(word(i - 2), 17), rotateRight(word(i - 2), 19)), shiftRight(word(i - 2), 10));
    steps.push(store(schedule, i * 16, add(add(small0, word(i - 7)), add(small1, word(i - 16)))));
  }
  return body({ vectors: 0, code: steps });
}

function compressCode(): Code {
  const [schedule, from, into, firstState, t1] = [0, 1, 2, 3, 11];
  const { load, store, splat, get, set, add, xor, choose, rotateRight, constant } = lanes;
  // The letters of the standard; instead of moving eight words after each round, their names move.
  const names = Array.from({ length: 8 }, (_, index): Local => firstState + index);
  const steps: Code[] = names.map((name, index) => set(name, splat(from, index * 4)));
  for (let round = 0; round < 64; round += 1) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = names;
    const big1 = xor(xor(rotateRight(get(e), 6), rotateRight(get(e), 11)), rotateRight(get(e), 25));
    const input = add(load(schedule, round * 16), constant(roundConstants[round] ?? 0));
    steps.push(set(t1, add(add(get(h), input), add(big1, choose(get(e), get(f), get(g))))));
    steps.push(set(d, add(get(d), get(t1))));
    const big0 = xor(xor(rotateRight(get(a), 2), rotateRight(get(a), 13)), rotateRight(get(a), 22));
    // Where a and b agree they are the majority, elsewhere c decides.
    const majority = choose(xor(get(a), get(b)), get(c), get(b));
    steps.push(set(h, add(get(t1), add(big0, majority))));
    names.unshift(names.pop() ?? 0);
  }
  for (const [index, name] of names.entries()) {
    steps.push(store(into, index * 16, add(get(name), splat(from, index * 4))));
  }
  return body({ vectors: 9, code: steps });
}
