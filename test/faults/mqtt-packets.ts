/** Cuts a stream of MQTT into its packets (3.1.1, section 2: a first byte, the remaining length in 1 to 4 bytes, the rest). */
export class MqttPackets {
  #held: Buffer = Buffer.alloc(0);

  take(chunk: Uint8Array): Buffer[] {
    this.#held = this.#held.byteLength === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    const packets: Buffer[] = [];
    for (let length = packetLength(this.#held); length !== null; length = packetLength(this.#held)) {
      packets.push(this.#held.subarray(0, length));
      this.#held = this.#held.subarray(length);
    }
    return packets;
  }
}

/** Of the packet that begins here; null while it is not all there. */
function packetLength(bytes: Buffer): number | null {
  let remaining = 0;
  for (let at = 1; at <= 4; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return null;
    remaining += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return bytes.byteLength >= at + 1 + remaining ? at + 1 + remaining : null;
  }
  throw new Error('no MQTT: a remaining length of more than four bytes');
}

/** What acknowledges this packet when it is a PUBLISH at QoS 1 (3.3, 3.4), otherwise null. */
export function acknowledgement(packet: Buffer): Buffer | null {
  const first = packet[0] ?? 0;
  if (first >> 4 !== 3 || ((first >> 1) & 3) !== 1) return null;
  let at = 1;
  while ((packet[at] ?? 0) >= 0x80) at += 1;
  const topicLength = packet.readUInt16BE(at + 1);
  const identifier = packet.subarray(at + 3 + topicLength, at + 5 + topicLength);
  return Buffer.concat([Buffer.from([0x40, 2]), identifier]);
}
