/** Machine code of WebAssembly (W3C core specification 2.0, 5.4), byte by byte. */
export type Code = readonly number[];
/** A function's parameter or variable, by its number. */
export type Local = number;

/** As much of the platform's WebAssembly as is used here. */
export interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly expand: (schedule: number) => void;
      readonly compress: (schedule: number, from: number, into: number) => void;
    };
  };
}

const vectorType = 0x7b;
const wordType = 0x7f;
const vector = (operation: number): Code => [0xfd, ...unsigned(operation)];
/** All accesses are to multiples of four bytes. */
const alignment = 2;
const localGet = (local: Local): Code => [0x20, ...unsigned(local)];
const shift = (operation: number, value: Code, bits: number): Code => [...value, 0x41, bits, ...vector(operation)];

/** Operations on four 32-bit words at once. */
export const lanes = {
  get: localGet,
  set: (local: Local, value: Code): Code => [...value, 0x21, ...unsigned(local)],
  /** Loads the words that lie at an address. */
  load: (address: Local, offset: number): Code => [
    ...localGet(address),
    ...vector(0x00),
    alignment,
    ...unsigned(offset),
  ],
  /** Loads one word into all lanes. */
  splat: (address: Local, offset: number): Code => [
    ...localGet(address),
    ...vector(0x09),
    alignment,
    ...unsigned(offset),
  ],
  store: (address: Local, offset: number, value: Code): Code => [
    ...localGet(address),
    ...value,
    ...vector(0x0b),
    alignment,
    ...unsigned(offset),
  ],
  constant: (word: number): Code => {
    const bytes = [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24];
    return [...vector(0x0c), ...bytes, ...bytes, ...bytes, ...bytes];
  },
  add: (a: Code, b: Code): Code => [...a, ...b, ...vector(0xae)],
  xor: (a: Code, b: Code): Code => [...a, ...b, ...vector(0x51)],
  /** Bit by bit: `yes` where `by` is 1, else `no`. */
  choose: (by: Code, yes: Code, no: Code): Code => [...yes, ...no, ...by, ...vector(0x52)],
  shiftRight: (value: Code, bits: number): Code => shift(0xad, value, bits),
  rotateRight: (value: Code, bits: number): Code => [
    ...shift(0xad, value, bits),
    ...shift(0xab, value, 32 - bits),
    ...vector(0x50),
  ],
} as const;

/** A function's body with so many vector variables after its parameters. */
export function body({ vectors, code }: { readonly vectors: number; readonly code: readonly Code[] }): Code {
  const variables = vectors === 0 ? [0] : [1, ...unsigned(vectors), vectorType];
  return sized([...variables, ...code.flat(), 0x0b]);
}

/** A module with one memory and two functions: `expand(place)` and `compress(place, place, place)`. */
export function wasmModule(parts: {
  readonly memoryPages: number;
  readonly expand: Code;
  readonly compress: Code;
}): Uint8Array {
  const head = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const types = [2, 0x60, 1, wordType, 0, 0x60, 3, wordType, wordType, wordType, 0];
  const functions = [2, 0, 1];
  const memories = [1, 0x00, ...unsigned(parts.memoryPages)];
  const exports = [3, ...named('memory', 0x02, 0), ...named('expand', 0x00, 0), ...named('compress', 0x00, 1)];
  const code = [2, ...parts.expand, ...parts.compress];
  const section = (id: number, content: Code): Code => [id, ...sized(content)];
  return Uint8Array.from([
    ...head,
    ...section(1, types),
    ...section(3, functions),
    ...section(5, memories),
    ...section(7, exports),
    ...section(10, code),
  ]);
}

function named(name: string, kind: number, index: number): Code {
  return [...sized([...Buffer.from(name)]), kind, index];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

/** LEB128, the format's way to write numbers. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
