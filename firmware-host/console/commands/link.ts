import { judgeLink } from '../../health/health.ts';
import { span } from '../../health/span.ts';
import type { LookingCommand } from '../console-command.ts';
import { textTable, wrapped } from '../text-table.ts';

/** The way to the centre: broker, certificate, queue. */
export const link: LookingCommand = {
  name: 'link',
  summary: 'broker, how long it is up or down, certificate, queue',
  run(_words, node) {
    const { link: facts } = node.facts();
    const { cause, advice } = judgeLink(facts);
    const days = facts.certificateDaysLeft;
    const oldest = facts.oldestWaitingMs === null ? '' : `, the oldest for ${span(facts.oldestWaitingMs)}`;
    return [
      ...wrapped(cause),
      ...(advice === '' ? [] : wrapped(advice, '-> ')),
      ...textTable([
        ['broker', facts.brokerUrl],
        ['state', `${facts.connected ? 'connected' : 'down'} for ${span(facts.sinceMs)}`],
        ...(facts.failureCode === null ? [] : [['failure', facts.failureCode]]),
        ['certificate', days === null ? 'none' : `${days} days left`],
        ['queue', `${facts.waiting} waiting${oldest}`],
      ]),
    ];
  },
};
