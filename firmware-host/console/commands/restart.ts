import type { ChangingCommand } from '../console-command.ts';

/** Starts one camera's worker anew: what is open in it is finished first. */
export const restart: ChangingCommand = {
  name: 'restart',
  summary: "start one camera's worker anew: restart camera NAME",
  needs: 'technician',
  change([what, name], node, controls) {
    const names = node.facts().cameras.map((camera) => camera.name);
    if (what !== 'camera' || name === undefined) return { lines: ['Say which camera: restart camera NAME'], did: null };
    if (!names.includes(name))
      return { lines: [`There is no camera ${name}; there is ${names.join(', ') || 'none'}.`], did: null };
    if (!controls.restartCamera(name))
      return { lines: [`The worker of ${name} is not running; it is started anew by itself.`], did: null };
    return {
      lines: [`The worker of ${name} finishes what is open and starts anew; see cameras ${name}.`],
      did: `restart camera ${name}`,
    };
  },
  complete: (words, node) => (words.length <= 1 ? ['camera'] : node.facts().cameras.map((camera) => camera.name)),
};
