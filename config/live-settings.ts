/**
 * Settings that a running node takes over at SIGHUP without losing a passage, named as `changedSettings` names them. All others
 * wait for its next start.
 */
export const liveSettings: ReadonlySet<string> = new Set([
  'console.serialPort',
  'console.baudRate',
  'console.socketPath',
  'console.usersFile',
  'console.idleMinutes',
  'log.level',
  'metrics.port',
  'trust.authorities',
  'trust.recipients',
]);
