// Compares what ONNX Runtime computes with what PyTorch computed: node compare_onnx.mjs MANIFEST.
// The manifest names the model, its uint8 input, its float32 outputs and raw files written by Python beside it. `judged` is
// 'largest' or, for eight-bit models whose roundings may fall either way, 'mean'; outputs in `logarithmic` are compared as probabilities.
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

let worst = 0;
let sum = 0;
let count = 0;
let spentMs = 0;
for (const one of manifest.cases) {
  const input = new Tensor('uint8', new Uint8Array(await bytesOf(one.input)), one.inputShape);
  const startMs = performance.now();
  const results = await session.run({ [manifest.inputName]: input });
  spentMs += performance.now() - startMs;
  for (const [name, file] of Object.entries(one.outputs)) {
    const expected = new Float32Array(await bytesOf(file));
    const actual = results[name].data;
    if (actual.length !== expected.length)
      throw new Error(`${name}: ${actual.length} numbers, expected ${expected.length}`);
    const plain = manifest.logarithmic?.includes(name) ? Math.exp : (value) => value;
    for (let i = 0; i < expected.length; i++) {
      const difference = Math.abs(plain(actual[i]) - plain(expected[i]));
      worst = Math.max(worst, difference);
      sum += difference;
    }
    count += expected.length;
  }
}
const mean = sum / count;
console.log(
  `${manifest.cases.length} cases, largest difference ${worst.toExponential(2)}, mean ${mean.toExponential(2)}, ${(spentMs / manifest.cases.length).toFixed(1)} ms a case`,
);
const judged = manifest.judged === 'mean' ? mean : worst;
if (!(judged <= manifest.tolerance)) {
  console.error(`ONNX Runtime and PyTorch differ by more than ${manifest.tolerance}`);
  process.exit(1);
}
