import { createHash } from 'node:crypto';

/** Every way in which a program may have written a plate down. */
export function formsOf(canonical: string, printed: string): readonly Buffer[] {
  const texts = [canonical, printed, canonical.toLowerCase(), printed.replaceAll('-', ' ')];
  return texts.flatMap((text) => [
    Buffer.from(text, 'utf8'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '')),
    ...['sha256', 'sha1', 'md5'].flatMap((algorithm) => {
      const digest = createHash(algorithm).update(text).digest();
      return [digest, Buffer.from(digest.toString('hex'))];
    }),
  ]);
}
