import type { LookingCommand } from '../console-command.ts';

/** Which program runs here, and on what. */
export const version: LookingCommand = {
  name: 'version',
  summary: 'which program runs here',
  run: (_words, node) => [
    `Hazeldonk ${node.facts().version}, Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
  ],
};
