import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{config,recognizer,sync,firmware-host,test}/**/*.test.ts'],
    globalSetup: ['test/build-once.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
