import { defineConfig } from 'tsup';

/** The fault campaign and the processes that it kills; inside node_modules, so that their packages are found from there. */
export default defineConfig({
  entry: {
    campaign: 'test/faults/campaign.ts',
    'node-process': 'test/faults/node-process.ts',
    'centre-process': 'test/faults/centre-process.ts',
    'broker-process': 'test/faults/broker-process.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  outDir: 'node_modules/.cache/hazeldonk-faults',
  outExtension: () => ({ js: '.mjs' }),
  clean: true,
  splitting: true,
  silent: true,
});
