import { Session } from './session.ts';

const SIDE = 512;

/**
 * A fixed piece of work, the product of two 512 x 512 float matrices in ONNX Runtime on one thread, so that times taken
 * on different machines can be put in proportion.
 */
export class ReferenceWork {
  readonly #session: Session;
  readonly #matrix = new Float32Array(SIDE * SIDE).map((_, i) => ((i * 7919) % 1000) / 1000);

  private constructor(session: Session) {
    this.#session = session;
  }

  static async open(): Promise<ReferenceWork> {
    return new ReferenceWork(await Session.load(squareGraph(SIDE)));
  }

  /** Does the work once and returns the sum of the product's diagonal, the same on every machine but for rounding. */
  async once(): Promise<number> {
    const product = (await this.#session.run({ a: { data: this.#matrix, shape: [SIDE, SIDE] } })).get('b');
    let trace = 0;
    for (let i = 0; i < SIDE; i++) trace += product?.[i * SIDE + i] ?? 0;
    return trace;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

/**
 * An ONNX file for b = a x a, written by hand in protocol buffers. Field numbers are those of onnx.proto3:
 * ModelProto ir_version 1, graph 7, opset_import 8; GraphProto node 1, name 2, input 11, output 12;
 * NodeProto input 1, output 2, op_type 4; ValueInfoProto name 1, type 2.
 */
function squareGraph(side: number): Uint8Array {
  const dimension = message(1, number(1, side));
  const type = message(2, message(1, Buffer.concat([number(1, 1), message(2, Buffer.concat([dimension, dimension]))])));
  const node = Buffer.concat([text(1, 'a'), text(1, 'a'), text(2, 'b'), text(4, 'MatMul')]);
  const graph = Buffer.concat([
    message(1, node),
    text(2, 'square'),
    message(11, Buffer.concat([text(1, 'a'), type])),
    message(12, Buffer.concat([text(1, 'b'), type])),
  ]);
  return Buffer.concat([number(1, 8), message(7, graph), message(8, number(2, 13))]);
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value));
}

function message(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}
