// Compares what ONNX Runtime computes with what PyTorch computed: node compare_onnx.mjs MANIFEST.
// The manifest names the model and, for each case, its uint8 inputs and float32 outputs as raw files written by Python beside it. `judged` is
// 'largest' or, for eight-bit models whose roundings may fall either way, 'mean'; outputs that `probabilities` calls logarithm or logit are compared as the probabilities they stand for.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const manifestPath = process.argv[2];
const manifest = JSON.parse(await readFile(manifestPath, 'utf8'));
const session = await InferenceSession.create(manifest.model, { intraOpNumThreads: 1, interOpNumThreads: 1 });

async function bytesOf(name) {
  const file = await readFile(join(dirname(manifestPath), name));
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
}

const asIs = (value) => value;
const probabilityOf = { logarithm: Math.exp, logit: (value) => 1 / (1 + Math.exp(-value)) };

let worst = 0;
/** Of each output by itself: one of many numbers would hide what is wrong with one of few. */
const sums = new Map();
let spentMs = 0;
for (const one of manifest.cases) {
  const inputs = {};
  for (const [name, { file, shape }] of Object.entries(one.inputs))
    inputs[name] = new Tensor('uint8', new Uint8Array(await bytesOf(file)), shape);
  const startMs = performance.now();
  const results = await session.run(inputs);
  spentMs += performance.now() - startMs;
  for (const [name, file] of Object.entries(one.outputs)) {
    const expected = new Float32Array(await bytesOf(file));
    const actual = results[name].data;
    if (actual.length !== expected.length)
      throw new Error(`${name}: ${actual.length} numbers, expected ${expected.length}`);
    const plain = probabilityOf[manifest.probabilities?.[name]] ?? asIs;
    const { sum, count } = sums.get(name) ?? { sum: 0, count: 0 };
    let added = 0;
    for (let i = 0; i < expected.length; i++) {
      const difference = Math.abs(plain(actual[i]) - plain(expected[i]));
      worst = Math.max(worst, difference);
      added += difference;
    }
    sums.set(name, { sum: sum + added, count: count + expected.length });
  }
}
const mean = Math.max(...[...sums.values()].map(({ sum, count }) => sum / count));
console.log(
  `${manifest.cases.length} cases, largest difference ${worst.toExponential(2)}, largest mean of an output ${mean.toExponential(2)}, ${(spentMs / manifest.cases.length).toFixed(1)} ms a case`,
);
const judged = manifest.judged === 'mean' ? mean : worst;
if (!(judged <= manifest.tolerance)) {
  console.error(`ONNX Runtime and PyTorch differ by more than ${manifest.tolerance}`);
  process.exit(1);
}
