import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Fault } from '../../config/foundation/fault.ts';

/** Numbers and shape that go into or come out of a model. The data is not copied on the way in. */
export interface Values {
  readonly data: Uint8Array | Float32Array;
  readonly shape: readonly number[];
}

/** One loaded ONNX graph on one thread. A run blocks the process for its length. */
export class Session {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** Fault `model/unloadable` when the bytes are not a graph that the runtime can run. */
  static async load(bytes: Uint8Array): Promise<Session> {
    try {
      return new Session(
        await InferenceSession.create(bytes, {
          executionProviders: ['cpu'],
          graphOptimizationLevel: 'all',
          executionMode: 'sequential',
          intraOpNumThreads: 1,
          interOpNumThreads: 1,
          logSeverityLevel: 3,
        }),
      );
    } catch (cause) {
      throw new Fault('model/unloadable', 'the model file is not a graph that ONNX Runtime can run', { cause });
    }
  }

  get inputNames(): readonly string[] {
    return this.#session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /** Runs the graph with its inputs by name. */
  async run(inputs: Readonly<Record<string, Values>>): Promise<ReadonlyMap<string, Float32Array>> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, { data, shape }] of Object.entries(inputs))
      feeds[name] = data instanceof Uint8Array ? new Tensor('uint8', data, shape) : new Tensor('float32', data, shape);
    const results = await this.#session.run(feeds);
    const outputs = new Map<string, Float32Array>();
    for (const [name, result] of Object.entries(results)) {
      if (!(result.data instanceof Float32Array)) throw new Fault('model/unexpected', `output ${name} is not float32`);
      outputs.set(name, result.data);
    }
    return outputs;
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
