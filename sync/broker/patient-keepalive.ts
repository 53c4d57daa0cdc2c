import type { MqttClient } from 'mqtt';

/**
 * Lets a ping that waits behind a large packet wait on: MQTT.js cuts half a keepalive after it asked, although on a thin link
 * the question, or its answer, is still on its way. It is asked again after each delay, so a broker that is gone is noticed.
 */
export function waitPatiently(client: MqttClient, keepaliveMs: number, mayWait: () => boolean): () => void {
  let asked = false;
  client.on('packetsend', ({ cmd }) => {
    if (cmd === 'pingreq') asked = true;
  });
  // An answer ends the wait: put off again, the next question came later than brokers wait for one.
  client.on('packetreceive', ({ cmd }) => {
    if (cmd === 'pingresp') asked = false;
  });
  const timer = setInterval(() => {
    const may = mayWait();
    // Not before it has asked: whoever only receives for long would never say that it is there.
    if (!asked || !may) return;
    asked = false;
    client.reschedulePing(true);
  }, keepaliveMs / 4);
  return () => clearInterval(timer);
}
