import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Changes, HitDesk } from '../store/hit-desk.ts';
import type { ChangeWatch } from './change-watch.ts';
import { type ChangesView, viewOfHit, viewOfNode } from './hit-view.ts';
import type { NodePlaces } from './node-places.ts';

export interface EventStreamOptions {
  readonly desk: Pick<HitDesk, 'changesSince'>;
  readonly watch: ChangeWatch;
  readonly places: NodePlaces;
  /** Whether whoever reads this is still logged in. */
  readonly stillMay: () => boolean;
  /** After this long without news a line says that the stream lives. */
  readonly heartbeatMs?: number;
}

const hitsAtOnce = 100;
const slowestMs = 30_000;

/**
 * Tells one page what changes after a cursor, as server-sent events (HTML Living Standard, 9.2); each carries the next cursor as its
 * id, so a page that lost its connection goes on where it was.
 */
export async function streamChanges(
  response: ServerResponse,
  cursor: number,
  options: EventStreamOptions,
  signal: AbortSignal,
): Promise<void> {
  const { desk, watch, stillMay, heartbeatMs = 15_000 } = options;
  let reached = cursor;
  await write(response, 'retry: 2000\n\n', signal);
  while (!signal.aborted) {
    if (!stillMay()) return void (await write(response, 'event: ended\ndata: {}\n\n', signal));
    const changes = await desk.changesSince(reached, hitsAtOnce);
    reached = changes.cursor;
    const news = changes.hits.length > 0 || changes.nodes.length > 0;
    await write(response, news ? changesEvent(changes, options.places) : ': alive\n\n', signal);
    if (changes.hits.length < hitsAtOnce) await watch.beyond(reached, heartbeatMs, signal);
  }
}

function changesEvent(changes: Changes, places: NodePlaces): string {
  const view: ChangesView = {
    hits: changes.hits.map(viewOfHit),
    nodes: changes.nodes.map((node) => viewOfNode(node, places)),
  };
  return `id: ${changes.cursor}\nevent: changes\ndata: ${JSON.stringify(view)}\n\n`;
}

/** Waits for a slow reader instead of keeping what it does not take; one that takes nothing is cut off. */
async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  try {
    await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(slowestMs)]) });
  } catch {
    // Aborted, or too slow: either way nobody reads any more.
    response.destroy();
  }
}
