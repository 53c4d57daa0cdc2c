import { z } from 'zod';
import { printableText } from '../../config/foundation/printable.ts';

/** Identifiers of nodes, sites, cameras and lists: safe in a topic, a file name and a terminal. */
export const identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** Free text from a wire: bounded, and without control or direction characters that could deceive a terminal. */
export const printable = z.string().max(200).regex(printableText);

/** UUIDv7 (RFC 9562), lower case. */
export const messageId = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);

/** SHA-256, lower-case hexadecimal. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

export const timestamp = z.iso.datetime({ precision: 3 });

/** What every CloudEvent of ours begins with. */
export const cloudEventHead = {
  specversion: z.literal('1.0'),
  id: messageId,
  source: z.string().max(200).startsWith('/'),
} as const;

/** CloudEvents 1.0, JSON format, structured mode: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export function cloudEvent<Type extends string, Data extends z.ZodType>(type: Type, data: Data) {
  return z.object({
    ...cloudEventHead,
    type: z.literal(type),
    time: timestamp,
    datacontenttype: z.literal('application/json'),
    data,
  });
}

/** JSON as it stands on the wire. */
export function encodeMessage(message: object): Uint8Array {
  return Buffer.from(JSON.stringify(message), 'utf8');
}

/** A wire message as its schema says, or null: what strangers send is not worth a fault. */
export function parseMessage<Schema extends z.ZodType>(
  schema: Schema,
  payload: Uint8Array,
  maxBytes: number,
): z.infer<Schema> | null {
  if (payload.byteLength > maxBytes) return null;
  const result = schema.safeParse(parseJson(payload));
  return result.success ? result.data : null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(payload));
  } catch {
    // Not JSON at all: no schema accepts undefined.
    return undefined;
  }
}
