import type { ChangingCommand } from '../console-command.ts';

/** Starts one camera's worker anew: what is open in it is finished first. */
export const restart: ChangingCommand = {
  name: 'restart',
  summary: "start one camera's worker anew: restart camera NAME",
  needs: 'technician',
  change([what, name], node, controls) {
    const { cameras } = node.facts();
    if (what !== 'camera' || name === undefined) return { lines: ['Say which camera: restart camera NAME'], did: null };
    const camera = cameras.find((one) => one.name === name);
    if (camera === undefined)
      return {
        lines: [`There is no camera ${name}; there is ${cameras.map((one) => one.name).join(', ') || 'none'}.`],
        did: null,
      };
    if (!controls.restartCamera(name))
      return {
        lines: [
          camera.state === 'ended'
            ? `The recording of ${name} has ended; it is played again when the node starts anew. loop: true repeats it.`
            : `The worker of ${name} is not running; it is started anew by itself.`,
        ],
        did: null,
      };
    return {
      lines: [`The worker of ${name} finishes what is open and starts anew; see cameras ${name}.`],
      did: `restart camera ${name}`,
    };
  },
  complete: (words, node) => (words.length <= 1 ? ['camera'] : node.facts().cameras.map((camera) => camera.name)),
};
