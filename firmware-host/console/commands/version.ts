import type { ConsoleCommand } from '../console-command.ts';

/** Which program runs here, and on what. */
export const version: ConsoleCommand = {
  name: 'version',
  summary: 'which program runs here',
  run: (_words, node) => [
    `Hazeldonk ${node.facts().version}, Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
  ],
};
