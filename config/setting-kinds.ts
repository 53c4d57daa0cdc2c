import { z } from 'zod';

/** The name of a node, a camera or a lane: it stands in topics, and on lines for people. */
export const name = (help: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
    .describe(help);

/** A whole number with its usual value and its range. */
export const whole = (help: string, fallback: number, least: number, most: number) =>
  z.int().min(least).max(most).default(fallback).describe(help);

/** A number from 0 to 1 with its usual value. */
export const fraction = (help: string, fallback: number) => z.number().min(0).max(1).default(fallback).describe(help);

/** A secret in the settings would end in backups, tickets and shells' histories: an address must not carry one. */
export const address = (help: string, protocols: readonly string[]) =>
  z
    .string()
    .superRefine((text, context) => {
      const expected = `must be an address such as ${protocols[0]}//camera.example/stream`;
      const url = URL.canParse(text) ? new URL(text) : null;
      if (url === null || url.hostname === '') context.addIssue({ code: 'custom', message: expected });
      else if (!protocols.includes(url.protocol))
        context.addIssue({ code: 'custom', message: `must begin with ${protocols.map((p) => `${p}//`).join(' or ')}` });
      else if (url.username !== '' || url.password !== '')
        context.addIssue({
          code: 'custom',
          message:
            'must not carry a user name or password; put them in files and name these as usernameFile and passwordFile',
        });
    })
    .describe(help);

const point = z.tuple([z.number().min(0).max(16384), z.number().min(0).max(16384)]);

/** A part of a camera's picture. */
export const polygon = (help: string) =>
  z
    .array(point)
    .min(3, 'needs at least three [x, y] corners')
    .max(64)
    .describe(`${help} Corners as [x, y] in pixels of the camera's picture.`);

/** Refuses a list in which two entries have the same text under `key`: one of them would count for nothing. */
export function unique<Key extends string>(key: Key, what: string, advice = 'names must be unique') {
  return (items: readonly Readonly<Record<Key, string>>[], context: z.RefinementCtx) => {
    items.forEach((item, index) => {
      if (items.findIndex((other) => other[key] === item[key]) !== index)
        context.addIssue({
          code: 'custom',
          path: [index, key],
          message: `names a second ${what} "${item[key]}"; ${advice}`,
        });
    });
  };
}

/** Refuses a password without a user name, with which nobody would ever log in. */
export function userWithPassword(
  value: { readonly usernameFile?: string | undefined; readonly passwordFile?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (value.passwordFile !== undefined && value.usernameFile === undefined)
    context.addIssue({ code: 'custom', message: 'has a passwordFile but no usernameFile' });
}
