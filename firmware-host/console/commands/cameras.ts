import { judgeCamera } from '../../health/health.ts';
import type { CameraFacts } from '../../health/node-facts.ts';
import { span } from '../../health/span.ts';
import type { LookingCommand } from '../console-command.ts';
import { textTable, wrapped } from '../text-table.ts';

/** All cameras in a table, or one with all its counters and what to do about it. */
export const cameras: LookingCommand = {
  name: 'cameras',
  summary: 'state and counters of all cameras, or of one: cameras NAME',
  run([name], node) {
    const { cameras: all, inhibited } = node.facts();
    if (inhibited !== null) return [`No camera is open: ${inhibited}.`];
    if (name === undefined) return all.length === 0 ? ['There is no camera.'] : textTable([heading, ...all.map(row)]);
    const camera = all.find((one) => one.name === name);
    return camera === undefined
      ? [`There is no camera ${name}; there is ${all.map((one) => one.name).join(', ') || 'none'}.`]
      : details(camera);
  },
  complete: (_words, node) => node.facts().cameras.map((camera) => camera.name),
};

const heading = ['CAMERA', 'STATE', 'FRAMES/S', 'LAST FRAME', 'FRAMES', 'READ', 'PASSAGES', 'RESTARTS'];

function row(camera: CameraFacts): string[] {
  return [
    camera.name,
    camera.worker === 'running' ? camera.state : `worker ${camera.worker}`,
    camera.framesPerSecond.toFixed(1),
    age(camera.lastFrameAgeMs),
    ...[camera.frames, camera.framesRead, camera.passages, camera.restarts].map(String),
  ];
}

function details(camera: CameraFacts): readonly string[] {
  const { cause, advice } = judgeCamera(camera);
  return [
    ...wrapped(cause),
    ...(advice === '' ? [] : wrapped(advice, '-> ')),
    ...textTable([
      ['stream', camera.state],
      ['worker', `${camera.worker}, ${camera.restarts} restarts`],
      [
        'frames',
        `${camera.frames}, ${camera.framesPerSecond.toFixed(1)} a second, the last ${age(camera.lastFrameAgeMs)}`,
      ],
      ['frames read', String(camera.framesRead)],
      ['passages', String(camera.passages)],
    ]),
  ];
}

function age(ms: number | null): string {
  return ms === null ? 'never' : `${span(ms)} ago`;
}
