import { exportJWK, generateKeyPair } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  importRecipientKey,
  type KeyByPrint,
  openSealed,
  recipientKeySchema,
  type Sealed,
  seal,
  sealAlgorithm,
  sealedSchema,
  secretRecipientKeySchema,
} from './seal.ts';

interface Team {
  readonly open: KeyByPrint;
  readonly secret: KeyByPrint;
}

async function team(name: string): Promise<Team> {
  const { privateKey } = await generateKeyPair(sealAlgorithm, { crv: 'P-256', extractable: true });
  const jwk = secretRecipientKeySchema.parse({
    ...(await exportJWK(privateKey)),
    use: 'enc',
    alg: sealAlgorithm,
    kid: name,
  });
  return { open: await importRecipientKey(recipientKeySchema.parse(jwk)), secret: await importRecipientKey(jwk) };
}

const content = new TextEncoder().encode('the hit of a joint team');
let teams: readonly Team[];
const [first, second] = [0, 1].map((at) => () => teams[at] as Team) as [() => Team, () => Team];
const asSent = (sealed: unknown): Sealed => sealedSchema(1000).parse(JSON.parse(JSON.stringify(sealed)));

beforeAll(async () => {
  teams = await Promise.all(['nl-jit-7', 'be-jit-7', 'nl-police'].map(team));
});

describe('what is sealed', () => {
  it.each([1, 2, 3])('opens for each of its %i recipients, and for nobody else', async (count) => {
    const named = teams.slice(0, count);
    const sealed = asSent(
      await seal(
        content,
        'text/plain',
        named.map((one) => one.open),
      ),
    );
    for (const [at, one] of teams.entries()) {
      const opened = await openSealed(sealed, [one.secret]);
      if (at >= count) expect(opened).toBe('not-for-us');
      else expect(opened).toMatchObject({ content, contentType: 'text/plain' });
    }
  });

  it('names no team and no content on the wire', async () => {
    const text = JSON.stringify(await seal(content, 'text/plain', [first().open]));
    expect(text).not.toContain('nl-jit-7');
    expect(text).not.toContain(Buffer.from(content).toString('base64url').slice(4, 12));
  });

  it.each([
    ['ciphertext', (one: Sealed) => ({ ...one, ciphertext: `${one.ciphertext.slice(0, -2)}AA` })],
    ['tag', (one: Sealed) => ({ ...one, tag: 'A'.repeat(22) })],
    [
      'header',
      (one: Sealed) => ({ ...one, protected: Buffer.from('{"enc":"A256GCM","cty":"x"}').toString('base64url') }),
    ],
    [
      'algorithm',
      (one: Sealed) => ({ ...one, protected: Buffer.from('{"enc":"A128CBC-HS256"}').toString('base64url') }),
    ],
    ['header that is no JSON', (one: Sealed) => ({ ...one, protected: 'AAAA' })],
    [
      'key point, on no curve',
      (one: Sealed) => ({
        ...one,
        recipients: one.recipients.map((r) => ({
          ...r,
          header: {
            ...r.header,
            epk: { kty: 'EC' as const, crv: 'P-256' as const, x: 'A'.repeat(43), y: 'B'.repeat(43) },
          },
        })),
      }),
    ],
    [
      'wrapped key',
      (one: Sealed) => ({ ...one, recipients: one.recipients.map((r) => ({ ...r, encrypted_key: 'AAAA' })) }),
    ],
  ])('does not open with another %s', async (_, alter) => {
    const sealed = asSent(await seal(content, 'text/plain', [first().open, second().open]));
    expect(await openSealed(sealed, [first().secret])).not.toBe('damaged');
    expect(await openSealed(alter(sealed), [first().secret])).toBe('damaged');
  });
});
