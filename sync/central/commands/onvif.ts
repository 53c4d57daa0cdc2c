import type { Command } from 'commander';
import { streamLog } from '../../../config/foundation/stream-log.ts';
import { MqttLink } from '../../broker/mqtt-link.ts';
import { maxEnvelopeBytes } from '../../uplink/hit-envelope.ts';
import { OnvifBridge } from '../onvif/onvif-bridge.ts';
import { addBrokerOptions, type BrokerOptions, brokerLinkOptions } from './broker-options.ts';
import { tell } from './output.ts';
import { openerOf } from './verification-options.ts';

interface OnvifOptions extends BrokerOptions {
  readonly nodeKeys: string;
}

/** `anpr-central onvif`: tells video-management systems of hits, until it is stopped. */
export function addOnvifCommand(program: Command): void {
  const command = program
    .command('onvif')
    .description(
      'publish hits as ONVIF Profile M licence-plate events (NODE/onvif-ej/...) for video management; never discreet or sealed ones',
    )
    .option('--node-keys <folder>', 'register of the nodes whose hits are told (see anpr-central fleet)', 'node-keys');
  addBrokerOptions(command).action(async (options: OnvifOptions) => {
    const log = streamLog(process.stderr);
    const opener = await openerOf({ nodeKeys: options.nodeKeys }, log);
    const link = new MqttLink({ ...brokerLinkOptions(options), maxPayloadBytes: maxEnvelopeBytes, log });
    const bridge = new OnvifBridge({ link, opener, log });
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
    await Promise.all([link.run(stop.signal), bridge.run(stop.signal)]);
    const { published, discreet, sealed, refused, unsent } = bridge.counts();
    tell(
      `${published} events published; ${discreet} discreet, ${sealed} sealed, ${refused} refused, ${unsent} not sent`,
    );
  });
}
