import type { Log } from '../../../config/foundation/log.ts';
import { encodeMessage } from '../../uplink/cloud-event.ts';
import { sampleHit, samplePicture } from '../../uplink/sample-hit.test-data.ts';
import { openWebSite, type WebSite } from './web-site.fixture.ts';

export const pictures = { plate: samplePicture(2_000, 1), scene: samplePicture(9_000, 2) };
export const hit = sampleHit({ evidence: pictures });

/** A page over a store with one hit, whose plate's picture has come and whose scene has not. */
export async function openSiteWithHit(log: Log): Promise<WebSite> {
  const site = await openWebSite({ log });
  await site.store.addHits([{ hit, body: encodeMessage(hit) }], 5_000);
  await site.store.addPicture('gantry-7', hit.id, 'plate', pictures.plate);
  return site;
}
