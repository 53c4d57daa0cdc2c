import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multipartParts, type Part } from './multipart-parts.ts';

const MAX_PART_BYTES = 4096;

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let turn = 0;
  for (let at = 0; at < bytes.length; ) {
    const size = sizes[turn++ % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function* endless(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (;;) yield bytes;
}

async function partsOf(body: AsyncIterable<Uint8Array>, boundary = 'frame'): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of multipartParts(body, boundary, MAX_PART_BYTES)) parts.push(part);
  return parts;
}

function part(body: Uint8Array, withLength: boolean): Buffer {
  const length = withLength ? `Content-Length: ${body.length}\r\n` : '';
  return Buffer.concat([
    Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\n${length}\r\n`),
    body,
    Buffer.from('\r\n'),
  ]);
}

describe('the parts of a multipart stream', () => {
  it('come out whole, whatever they hold, however the bytes are cut, with and without lengths', async () => {
    const bodies = fc.array(fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.boolean()), { maxLength: 6 });
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(bodies, sizes, async (pieces, cuts) => {
        const stream = Buffer.concat([
          ...pieces.map(([body, known]) => part(body, known)),
          Buffer.from('--frame--\r\n'),
        ]);
        const parts = await partsOf(chunked(stream, cuts));
        expect(parts.map(({ body }) => Buffer.from(body))).toEqual(pieces.map(([body]) => Buffer.from(body)));
      }),
    );
  });

  it('come from cameras that name the boundary with its hyphens, too', async () => {
    const parts = await partsOf(chunked(part(Buffer.from('picture'), false), [7]), '--frame');
    expect(parts).toEqual([]);
    const twice = Buffer.concat([part(Buffer.from('picture'), false), part(Buffer.from('next'), true)]);
    expect((await partsOf(chunked(twice, [7]), '--frame')).map(({ body }) => Buffer.from(body).toString())).toEqual([
      'picture',
      'next',
    ]);
  });

  it('are finished when the stream ends inside one', async () => {
    const cut = part(Buffer.alloc(500, 1), true).subarray(0, 300);
    expect(await partsOf(chunked(cut, [64]))).toEqual([]);
  });

  it.each([
    ['a part without end', () => endlessAfter('--frame\r\nContent-Type: image/jpeg\r\n\r\n'), 'camera/part-too-large'],
    [
      'a length of terabytes',
      () => endlessAfter('--frame\r\nContent-Length: 999999999999\r\n\r\n'),
      'camera/part-too-large',
    ],
    ['headers without end', () => endlessAfter('--frame\r\nX: '), 'camera/bad-multipart'],
    ['no delimiter at all', () => endlessAfter(''), 'camera/bad-multipart'],
  ])('are refused with a code for %s', async (_what, body, code) => {
    await expect(partsOf(body())).rejects.toMatchObject({ code });
  });

  it('close the connection when the reader leaves', async () => {
    let closed = false;
    const body = (async function* () {
      try {
        yield* endless(part(Buffer.from('picture'), true));
      } finally {
        closed = true;
      }
    })();
    for await (const _part of multipartParts(body, 'frame', MAX_PART_BYTES)) break;
    expect(closed).toBe(true);
  });

  it('never crash the reader, whatever bytes arrive', async () => {
    const noise = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(...['--frame', '\r\n', '\r\n\r\n', '--', 'Content-Length: 3'].map((text) => Buffer.from(text))),
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(noise, async (pieces) => {
        const stream = Buffer.concat(pieces);
        await partsOf(chunked(stream, [13])).catch((error: unknown) => expect(error).toHaveProperty('code'));
      }),
    );
  });
});

async function* endlessAfter(beginning: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(beginning);
  yield* endless(Buffer.alloc(1000, 0x41));
}
