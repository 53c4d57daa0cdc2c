import type { Socket } from 'node:net';

/**
 * NAK (ASCII's negative acknowledgement) as the first byte of a line says that there is no place on it: a program knows it from a
 * sitting, which never begins so, and a terminal shows nothing of it.
 */
export const noPlaceMark = 0x15;

/** What whoever is turned away is told, by the node or by the program at his end. */
export const noPlaceWords =
  'all places at this console are taken: leave one (exit); one that still asks for a name is free again after ten minutes';

/** Hangs up on somebody for whom there is no place, with a word. */
export function turnAway(socket: Socket): void {
  // He may be gone before he is told.
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(`${String.fromCharCode(noPlaceMark)}No place: ${noPlaceWords}.\r\n`, () => socket.destroy());
}
