import { Fault } from '../../config/foundation/fault.ts';
import { GrowingBuffer } from './growing-buffer.ts';

const MAX_HEADER_BYTES = 16 * 1024;
const LINE_END = Buffer.from('\r\n');
const HEADERS_END = Buffer.from('\r\n\r\n');

export interface Part {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * The parts of a multipart body (RFC 2046, 5.1) as cameras send them: with or without Content-Length, and with a
 * boundary parameter that wrongly includes the two leading hyphens. Memory stays bounded whatever comes.
 * Faults: `camera/part-too-large`, `camera/bad-multipart`. A body that ends inside a part ends without it.
 */
export async function* multipartParts(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  maxPartBytes: number,
): AsyncGenerator<Part, void, undefined> {
  const reader = new PartReader(body, `--${boundary.replace(/^--/, '')}`, maxPartBytes);
  try {
    while (await reader.skipDelimiter()) {
      const headers = await reader.headers();
      if (headers === null) return;
      const partBody = await reader.body(contentLength(headers));
      if (partBody === null) return;
      yield { contentType: header(headers, 'content-type') ?? '', body: partBody };
    }
  } finally {
    await reader.close();
  }
}

class PartReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  readonly #maxPartBytes: number;
  readonly #buffer = new GrowingBuffer();

  constructor(body: AsyncIterable<Uint8Array>, delimiter: string, maxPartBytes: number) {
    this.#chunks = body[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(delimiter, 'latin1');
    this.#maxPartBytes = maxPartBytes;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** To the first byte after the next delimiter line; false where the body ended or the last delimiter came. */
  async skipDelimiter(): Promise<boolean> {
    const at = await this.#find(this.#delimiter, MAX_HEADER_BYTES);
    if (at < 0) return false;
    this.#buffer.skip(at + this.#delimiter.length);
    const lineEnd = await this.#find(LINE_END, MAX_HEADER_BYTES);
    if (lineEnd < 0) return false;
    const rest = Buffer.from(this.#buffer.take(lineEnd)).toString('latin1');
    return !rest.startsWith('--');
  }

  /** The part's header lines; the line end before them belongs to the delimiter, so that none at all is possible. */
  async headers(): Promise<string[] | null> {
    const end = await this.#find(HEADERS_END, MAX_HEADER_BYTES);
    if (end < 0) return null;
    const text = Buffer.from(this.#buffer.take(end)).toString('latin1');
    this.#buffer.skip(HEADERS_END.length);
    return text.split('\r\n').filter((line) => line !== '');
  }

  async body(length: number | null): Promise<Uint8Array | null> {
    if (length !== null) return await this.#exactly(length);
    const end = await this.#find(Buffer.concat([LINE_END, this.#delimiter]), this.#maxPartBytes);
    return end < 0 ? null : this.#buffer.take(end);
  }

  async #exactly(length: number): Promise<Uint8Array | null> {
    if (length > this.#maxPartBytes) throw this.#tooLarge();
    while (this.#buffer.length < length) if (!(await this.#readOn())) return null;
    return this.#buffer.take(length);
  }

  /** Each byte is searched once, however small the pieces are in which it arrives. */
  async #find(bytes: Buffer, limit: number): Promise<number> {
    let from = 0;
    for (;;) {
      const at = this.#buffer.indexOf(bytes, from);
      if (at > limit || (at < 0 && this.#buffer.length > limit + bytes.length))
        throw limit === this.#maxPartBytes
          ? this.#tooLarge()
          : new Fault('camera/bad-multipart', 'no part where one must begin');
      if (at >= 0) return at;
      from = Math.max(0, this.#buffer.length - bytes.length + 1);
      if (!(await this.#readOn())) return -1;
    }
  }

  async #readOn(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done) return false;
    this.#buffer.append(next.value);
    return true;
  }

  #tooLarge(): Fault {
    return new Fault('camera/part-too-large', `a part of more than ${this.#maxPartBytes} bytes`);
  }
}

function header(headers: readonly string[], name: string): string | null {
  for (const line of headers) {
    const colon = line.indexOf(':');
    if (line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return null;
}

/** Null where it is missing or no number: then the delimiter ends the part. */
function contentLength(headers: readonly string[]): number | null {
  const text = header(headers, 'content-length');
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
