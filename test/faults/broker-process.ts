import { startEmbeddedBroker } from '../../sync/broker/embedded-broker.ts';
import { obey } from './child-program.ts';

/** The embedded broker in a process that may be killed, where there is no Mosquitto. */
const { port } = JSON.parse(process.argv[2] ?? '') as { readonly port: number };
const broker = await startEmbeddedBroker({ port });

obey({ ready: () => ({}), port: () => ({ port: broker.port }) });
