/**
 * A message with everything in it that is only encoded, decoded beside it: a plate in a signed hit stands there in base64url,
 * and whoever searches traffic or files for plates must find it all the same. What is encrypted stays as it is.
 */
export function readable(payload: Uint8Array): Buffer {
  const text = Buffer.from(payload).toString('latin1');
  const encoded = text.match(/[A-Za-z0-9_-]{24,}/g) ?? [];
  // In a file the first character may belong to something else, so each of the four places to begin is tried.
  const decoded = encoded.flatMap((part) => [0, 1, 2, 3].map((from) => Buffer.from(part.slice(from), 'base64url')));
  return Buffer.concat([payload, ...decoded]);
}
