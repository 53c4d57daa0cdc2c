import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    'anpr-node': 'firmware-host/anpr-node.ts',
    'anpr-central': 'sync/central/anpr-central.ts',
    'camera-worker': 'firmware-host/worker/camera-worker.ts',
    'list-writer': 'sync/lists/store/list-writer-worker.ts',
    'list-bench': 'sync/lists/benchmark/bench-child.ts',
    'latency-films': 'firmware-host/commands/bench/latency-films-child.ts',
    'record-lane': 'firmware-host/commands/evaluate/lists/record-lane-child.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  outDir: 'dist',
  sourcemap: true,
  clean: true,
  splitting: true,
});
