import type { IncomingMessage } from 'node:http';

const largestBodyBytes = 8 * 1024;

export type RequestBody = { readonly value: unknown } | 'too-large' | 'not-json';

/** Reads a small JSON body; what is larger is given up at once, however much more would come. */
export async function readJsonBody(request: IncomingMessage): Promise<RequestBody> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return 'not-json';
  if (Number(request.headers['content-length'] ?? 0) > largestBodyBytes) return 'too-large';
  const parts: Buffer[] = [];
  let bytes = 0;
  // Kept open, so that its sender still gets the answer.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    bytes += (part as Buffer).length;
    if (bytes > largestBodyBytes) return 'too-large';
    parts.push(part as Buffer);
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))) };
  } catch {
    // Neither UTF-8 nor JSON is worth more than a word to its sender.
    return 'not-json';
  }
}
