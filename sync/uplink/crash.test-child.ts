import { MqttLink } from '../broker/mqtt-link.ts';
import { Outbox } from './outbox.ts';
import { Publisher } from './publisher.ts';
import { sampleHit, samplePicture } from './sample-hit.test-data.ts';

/**
 * A node's uplink in a process of its own, to be killed: appends hits while it publishes, and says each thing only after
 * it is done. Without hits to append it waits until its outbox is empty and says so.
 */
const [file, url, first, count] = process.argv.slice(2);
if (file === undefined || url === undefined) throw new Error('usage: FILE URL FIRST COUNT');

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const outbox = Outbox.open(file, { diskBudgetBytes: 1e9 });
const link = new MqttLink({ url, reconnectFirstMs: 20, reconnectLongestMs: 50 });
const pace = { firstMs: 300, longestMs: 1_000, window: 16 };
const publisher = new Publisher({ node: 'gantry-7', link, outbox, hitPace: pace, picturePace: pace });
const never = new AbortController().signal;
void link.run(never);
void publisher.run(never);

for (let index = 0; index < Number(count); index += 1) {
  const number = Number(first) + index;
  // Each picture is another one, so that a picture under the wrong hit would be found by its hash.
  const evidence = {
    plate: samplePicture(600 + number, number % 251),
    scene: samplePicture(3_000 + number, number % 241),
  };
  const hit = sampleHit({ timeMs: number, priority: 1 + (number % 9), evidence });
  say(`appending ${hit.id}`);
  outbox.append(hit, evidence);
  say(`appended ${hit.id}`);
  await new Promise((resolve) => setImmediate(resolve));
}
while (outbox.counts().hitsWaiting + outbox.counts().picturesWaiting > 0)
  await new Promise((resolve) => setTimeout(resolve, 20));
say('empty');
