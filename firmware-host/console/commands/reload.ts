import type { ChangingCommand } from '../console-command.ts';

const mostProblems = 10;

/** Looks at the settings file anew, as SIGHUP does. */
export const reload: ChangingCommand = {
  name: 'reload',
  summary: 'take over what can be taken over of the settings file',
  needs: 'engineer',
  async change(_words, _node, controls) {
    const outcome = await controls.takeOverSettings();
    if ('refused' in outcome)
      return {
        lines: [
          'Nothing was changed: the settings are wrong.',
          ...outcome.refused.slice(0, mostProblems).map((problem) => `- ${problem}`),
        ],
        did: null,
      };
    const { applied, waiting } = outcome;
    return {
      lines: [
        applied.length === 0 ? 'Nothing was taken over.' : `Taken over: ${applied.join(', ')}.`,
        ...(waiting.length === 0 ? [] : [`Waiting for a restart: ${waiting.join(', ')}.`]),
      ],
      did: 'reload',
    };
  },
};
