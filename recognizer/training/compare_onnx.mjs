// Compares what ONNX Runtime computes with what PyTorch computed: node compare_onnx.mjs MANIFEST.
// The manifest names the model and, for each case, its uint8 inputs and float32 outputs as raw files written by Python beside it. `judged` is
// 'largest' or, for eight-bit models whose roundings may fall either way, 'mean'; outputs that `probabilities` calls logarithm or logit are compared as the
// probabilities they stand for. Of an output in `scored`, which has so many planes, each counts by itself and as much as the first, the scores, says (of
// either side, the higher); of one in `symbols`, the best of so many numbers must be the same in nearly all places.
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
/** Of each output, or plane of one, by itself: one of many numbers would hide what is wrong with one of few. */
const sums = new Map();
/** So many places may have another best symbol than they should. */
const MOST_CHANGED = 0.02;
const best = { same: 0, places: 0 };
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
    const planes = manifest.scored?.[name] ?? 1;
    const cells = expected.length / planes;
    for (let plane = 0; plane < planes; plane++) {
      const one = sums.get(`${name} ${plane}`) ?? { sum: 0, weight: 0 };
      for (let cell = 0; cell < cells; cell++) {
        const at = plane * cells + cell;
        const difference = Math.abs(plain(actual[at]) - plain(expected[at]));
        const weight = planes === 1 ? 1 : Math.max(actual[cell], expected[cell]);
        worst = Math.max(worst, difference);
        one.sum += weight * difference;
        one.weight += weight;
      }
      sums.set(`${name} ${plane}`, one);
    }
    const symbols = manifest.symbols?.[name];
    if (symbols === undefined) continue;
    for (let at = 0; at < expected.length; at += symbols) {
      best.places += 1;
      if (bestOf(actual, at, symbols) === bestOf(expected, at, symbols)) best.same += 1;
    }
  }
}

function bestOf(values, from, symbols) {
  const some = values.subarray(from, from + symbols);
  return some.indexOf(Math.max(...some));
}

const mean = Math.max(...[...sums.values()].map(({ sum, weight }) => sum / weight));
const sameBest =
  best.places === 0 ? '' : `, the same best symbol in ${((100 * best.same) / best.places).toFixed(2)} % of places`;
console.log(
  `${manifest.cases.length} cases, largest difference ${worst.toExponential(2)}, largest mean of an output ${mean.toExponential(2)}${sameBest}, ${(spentMs / manifest.cases.length).toFixed(1)} ms a case`,
);
const judged = manifest.judged === 'mean' ? mean : worst;
if (!(judged <= manifest.tolerance)) {
  console.error(`ONNX Runtime and PyTorch differ by more than ${manifest.tolerance}`);
  process.exit(1);
}
if (best.same < best.places * (1 - MOST_CHANGED)) {
  console.error(`ONNX Runtime and PyTorch differ in their best symbols in more than ${100 * MOST_CHANGED} % of places`);
  process.exit(1);
}
