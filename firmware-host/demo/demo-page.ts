import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Log } from '../../config/foundation/log.ts';
import { openHitStore } from '../../sync/central/store/open-hit-store.ts';
import { listenAddress } from '../../sync/central/web/listen-address.ts';
import { openWebUsers } from '../../sync/central/web/officers.ts';
import { WebServer } from '../../sync/central/web/web-server.ts';
import { hashPassword } from '../../sync/log-in/password.ts';
import { DEMO_PLACE } from './demo-site.ts';

export interface DemoPageParts {
  /** The centre's store. */
  readonly store: string;
  /** Where the one user is written. */
  readonly folder: string;
  readonly log: Log;
}

export interface DemoPage {
  /** Where the page is and how to log in. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

const officer = 'officer';
const hazeldonk = { latitude: 51.4945, longitude: 4.7437, title: DEMO_PLACE.site };

/** The officers' page over the demo's store, on loopback, for one officer whose password is made anew each time. */
export async function openDemoPage({ store, folder, log }: DemoPageParts): Promise<DemoPage> {
  const users = openWebUsers(join(folder, 'users.json'));
  const password = randomBytes(12).toString('base64url');
  // Nobody guesses 96 random bits, however cheap each try is.
  const cost = { cost: 1024, blockSize: 8, lanes: 1 };
  users.put(officer, 'officer', await hashPassword(password, cost), Date.now());
  const desk = await openHitStore(store, log);
  const stop = new AbortController();
  const places = new Map([[DEMO_PLACE.id, hazeldonk]]);
  let running: Promise<void> = Promise.resolve();
  const url = await new Promise<string>((onListening, reject) => {
    const address = listenAddress('127.0.0.1:0');
    const server = new WebServer({ address, tls: null, desk, users, places, idleMs: 3_600_000, log, onListening });
    running = server.run(stop.signal);
    running.catch(reject);
  });
  return {
    lines: [`The officers' page: ${url}  name ${officer}  password ${password}`, ''],
    async close() {
      stop.abort();
      await running;
      await desk.close();
    },
  };
}
