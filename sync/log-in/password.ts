import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const base64 = z.base64().max(128);

/** A password as it is kept: scrypt (RFC 7914) with its own salt and the cost it was made with. */
export const passwordHashSchema = z.object({
  scrypt: z.object({
    cost: z
      .int()
      .min(2)
      .max(2 ** 20),
    blockSize: z.int().min(1).max(32),
    lanes: z.int().min(1).max(16),
  }),
  salt: base64,
  hash: base64,
});
export type PasswordHash = z.infer<typeof passwordHashSchema>;
export type PasswordCost = PasswordHash['scrypt'];

/** 64 MiB and a fraction of a second: OWASP's first choice for scrypt is of this order (Password Storage Cheat Sheet). */
const usualCost: PasswordCost = { cost: 2 ** 16, blockSize: 8, lanes: 2 };

export const shortestPassword = 12;
export const longestPassword = 256;

/** What is wrong with a new password, or null. Length is what counts (NIST SP 800-63B, 3.1.1.2); composition rules are not. */
export function passwordProblem(password: string, name: string): string | null {
  if ([...password].length < shortestPassword) return `is shorter than ${shortestPassword} characters`;
  if (password.length > longestPassword) return `is longer than ${longestPassword} characters`;
  if (password.toLowerCase().includes(name.toLowerCase())) return 'contains the name';
  if (new Set(password).size < 5) return 'repeats the same few characters';
  return null;
}

/** Hashes a new password under a fresh salt. */
export async function hashPassword(password: string, cost: PasswordCost = usualCost): Promise<PasswordHash> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, { length: 32, cost });
  return { scrypt: cost, salt: salt.toString('base64'), hash: hash.toString('base64') };
}

/** Whether the password is the one; takes as long when it is not. */
export async function passwordMatches(password: string, kept: PasswordHash): Promise<boolean> {
  const hash = Buffer.from(kept.hash, 'base64');
  const made = await derive(password, Buffer.from(kept.salt, 'base64'), { length: hash.length, cost: kept.scrypt });
  return timingSafeEqual(made, hash);
}

/** No password matches it: what an unknown name is checked against, so that it takes as long as a known one. */
export const nobodysPassword: PasswordHash = {
  scrypt: usualCost,
  salt: randomBytes(16).toString('base64'),
  hash: randomBytes(32).toString('base64'),
};

interface Derivation {
  readonly length: number;
  readonly cost: PasswordCost;
}

function derive(password: string, salt: Uint8Array, { length, cost }: Derivation): Promise<Buffer> {
  const options: ScryptOptions = {
    N: cost.cost,
    r: cost.blockSize,
    p: cost.lanes,
    maxmem: 128 * cost.blockSize * (cost.cost + cost.lanes + 2) + 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    // Keyboards write the same accented letter in two ways.
    scrypt(password.normalize('NFKC'), salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
