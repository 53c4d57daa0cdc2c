import { connect } from 'node:net';
import { eventually } from './eventually.ts';

/** What the local console prints for these commands. */
export async function consoleScreen(path: string, commands: readonly string[]): Promise<string> {
  const socket = connect(path);
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await eventually('the console greets', () => text.length > 0);
  for (const command of commands) {
    const before = text.length;
    socket.write(`${command}\r`);
    await eventually(`the console answers ${command}`, () => text.length > before + command.length + 20);
  }
  socket.destroy();
  return text;
}
