import type { MqttClient } from 'mqtt';
import { Fault } from '../../config/foundation/fault.ts';

/**
 * Ends the connection when a packet grows beyond the limit: MQTT.js gathers up to 256 MB in memory before it shows one.
 * A message only a little too large is better dropped after it arrived, which keeps the link.
 */
export function cutEndlessPackets(client: MqttClient, limitBytes: number): void {
  let bytesSincePacket = 0;
  client.on('packetreceive', () => {
    bytesSincePacket = 0;
  });
  client.stream.on('data', (chunk: Uint8Array) => {
    bytesSincePacket += chunk.byteLength;
    if (bytesSincePacket > limitBytes)
      client.stream.destroy(new Fault('broker/packet-too-large', 'a packet has no end'));
  });
}
