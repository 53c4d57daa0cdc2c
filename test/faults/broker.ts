import { existsSync } from 'node:fs';
import { mosquittoInstalled, startMosquitto } from '../../sync/broker/start-mosquitto.ts';
import { Child, programFile } from './child.ts';

/** A broker that forgets everything when it is killed. */
export interface Broker {
  readonly name: string;
  readonly port: number;
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Mosquitto where it is installed, otherwise the demo's broker in a process of its own. */
export async function startBroker(programs: string): Promise<Broker> {
  // Where it must not be missing, mosquittoInstalled throws.
  if (existsSync('/usr/sbin/mosquitto') || (process.env.CI && mosquittoInstalled())) {
    const mosquitto = await startMosquitto();
    return { name: 'Mosquitto', ...mosquitto };
  }
  console.warn('Mosquitto is not installed: the demo’s broker stands in, in a process of its own');
  const launch = (port: number) => Child.start(programFile(programs, 'broker'), { port }, () => undefined);
  let child = await launch(0);
  const port = Number((await child.ask('port')).port);
  return {
    name: 'the embedded broker (Mosquitto is not installed)',
    port,
    kill: () => child.kill(),
    async restart() {
      child = await launch(port);
    },
    close: () => child.kill(),
  };
}
