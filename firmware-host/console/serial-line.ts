import { SerialPort } from 'serialport';
import type { Log } from '../../config/foundation/log.ts';
import { pause } from '../../config/foundation/pause.ts';
import type { Service } from '../../config/foundation/service.ts';
import { isPolledDescriptor, pollForAll, readOrHangUp } from './hang-up-read.ts';
import { runShell } from './shell.ts';
import type { ShellOptions } from './shell-session.ts';

export interface SerialLineOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly shell: ShellOptions;
  readonly log: Log;
  /** Pauses between attempts grow from the first to the longest. */
  readonly reopenFirstMs?: number;
  readonly reopenLongestMs?: number;
}

/** The shell on a serial port (8N1); a port that is unplugged, or not there yet, is opened again and again. */
export class SerialLine implements Service {
  readonly name = 'serial-console';
  readonly #options: SerialLineOptions;

  constructor(options: SerialLineOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { path, baudRate, shell, log, reopenFirstMs = 500, reopenLongestMs = 30_000 } = this.#options;
    let pauseMs = reopenFirstMs;
    let complained = false;
    while (!signal.aborted) {
      const opened = await openSerialPort(path, baudRate);
      if (opened instanceof SerialPort) {
        log.event('info', 'console/serial-opened', { path });
        const openedAtMs = performance.now();
        complained = false;
        // A technician plugs his cable into a line that has asked for a name for months.
        const options = { ...shell, line: 'serial', unattendedMs: null };
        while ((await runShell(opened, options, signal)) === 'ended');
        await closeSerialPort(opened);
        // A port that opens and dies at once (no such hardware) is not to be opened twice a second for years.
        if (performance.now() - openedAtMs > reopenLongestMs) pauseMs = reopenFirstMs;
        if (!signal.aborted) log.event('warn', 'console/serial-lost', { path });
      } else if (!complained) {
        log.event('warn', 'console/serial-unavailable', { path, reason: opened.message });
        complained = true;
      }
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, reopenLongestMs);
    }
  }
}

/** Opens a serial port (8N1) that notices when its line hangs up; what keeps it from opening is a value. */
export async function openSerialPort(path: string, baudRate: number): Promise<SerialPort | Error> {
  const serial = new SerialPort({ path, baudRate, dataBits: 8, parity: 'none', stopBits: 1, autoOpen: false });
  const failure = await new Promise<Error | null>((resolve) => serial.open(resolve));
  const binding = serial.port;
  if (failure !== null || binding === undefined) return failure ?? new Error('no binding');
  if (isPolledDescriptor(binding)) {
    pollForAll(binding);
    binding.read = async (buffer: Buffer, offset: number, length: number) => ({
      buffer,
      bytesRead: await readOrHangUp(binding, buffer, offset, length),
    });
  }
  return serial;
}

/** What the line did not take is thrown away first: a port that nobody reads would otherwise hold up the stop. */
export async function closeSerialPort(port: SerialPort): Promise<void> {
  if (!port.isOpen) return;
  await new Promise<void>((resolve) => port.flush(() => resolve()));
  await new Promise<void>((resolve) => port.close(() => resolve()));
}
