import type { Log } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { consoleCommands } from './console-commands.ts';
import type { ConsoleDoor } from './console-door.ts';
import type { Controls } from './controls.ts';
import type { Diagnostics } from './diagnostics.ts';
import { SerialLine } from './serial-line.ts';
import { SocketLine } from './socket-line.ts';

export interface ConsoleOptions {
  readonly node: Diagnostics;
  readonly controls: Controls;
  readonly door: ConsoleDoor;
  readonly log: Log;
  readonly socketPath: string;
  /** Without a device there is no serial console. */
  readonly serialPort?: string | undefined;
  readonly baudRate: number;
}

/** The technician's console, on the local socket and, where there is one, on the serial port. */
export class ConsoleService implements Service {
  readonly name = 'console';
  readonly #lines: readonly Service[];

  constructor({ node, controls, door, log, socketPath, serialPort, baudRate }: ConsoleOptions) {
    const shell = { node, controls, door, log, commands: consoleCommands };
    this.#lines = [
      new SocketLine({ path: socketPath, shell, log }),
      ...(serialPort === undefined ? [] : [new SerialLine({ path: serialPort, baudRate, shell, log })]),
    ];
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#lines.map((line) => line.run(signal)));
  }
}
