// A consumer of hits, written from contract/asyncapi.yaml alone: no code of this project, Mosquitto's clients for MQTT.
// usage: node consumer.test-peer.mjs HOST PORT KEYS.json   (KEYS.json as anpr-central fleet keys prints it)
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [host, port, keysFile] = process.argv.slice(2);
const { keys } = JSON.parse(readFileSync(keysFile, 'utf8'));
const json = (text) => JSON.parse(Buffer.from(text, 'base64url').toString());

function signedEvent(envelope, node) {
  const [header, payload, signature] = envelope.data.split('.');
  const jwk = keys.find((key) => key.kid === node);
  if (!jwk || json(header).kid !== node || json(header).typ !== 'cloudevents+jws') return null;
  const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  if (!verify('sha256', `${header}.${payload}`, key, Buffer.from(signature, 'base64url'))) return null;
  return ['id', 'type', 'source'].every((name) => json(payload)[name] === envelope[name]) ? json(payload) : null;
}

function confirm(node, hit, part) {
  const head = { specversion: '1.0', id: hit, source: '/another-consumer', type: 'eu.hazeldonk.anpr.hit.receipt.v1' };
  const rest = { time: new Date().toISOString(), datacontenttype: 'application/json' };
  const receipt = JSON.stringify({ ...head, ...rest, data: { hit, part, outcome: 'stored' } });
  const topic = `hazeldonk/v1/nodes/${node}/receipts`;
  spawnSync('mosquitto_pub', ['-h', host, '-p', port, '-q', '1', '-t', topic, '-m', receipt]);
}

const topics = ['-t', 'hazeldonk/v1/nodes/+/hits', '-t', 'hazeldonk/v1/nodes/+/evidence/+/+'];
const subscriber = spawn('mosquitto_sub', ['-h', host, '-p', port, '-q', '1', ...topics, '-F', '%t %x']);
createInterface({ input: subscriber.stdout }).on('line', (line) => {
  const [topic, hex] = line.split(' ');
  const [, , , node, what, picturesHit, kind] = topic.split('/');
  const payload = Buffer.from(hex, 'hex');
  const event = what === 'hits' ? signedEvent(JSON.parse(payload.toString()), node) : null;
  if (what === 'evidence') console.log(kind, picturesHit, createHash('sha256').update(payload).digest('hex'));
  else console.log(...(event ? ['hit', event.id, event.data.plate.listed, event.data.entry.action] : ['refused']));
  if (what === 'evidence' || event) confirm(node, event?.id ?? picturesHit, kind ?? 'hit');
});
