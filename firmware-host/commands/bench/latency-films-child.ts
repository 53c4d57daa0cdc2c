import { once } from 'node:events';
import { playFilms } from './latency-films.ts';
import type { FilmRole, FromFilms } from './latency-messages.ts';

/** The process that plays the cameras, so that playing takes nothing of the node's time; SIGTERM ends the play. */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
process.once('disconnect', () => process.exit(0));
const [role] = (await once(process, 'message')) as [FilmRole];
await playFilms(role, (message: FromFilms) => void process.send?.(message), stop.signal);
process.disconnect?.();
