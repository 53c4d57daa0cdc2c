import { expect, it } from 'vitest';
import { readable } from './readable.ts';

it('finds a plate that stands in a signed message at any place', () => {
  for (const before of ['', 'x', 'xx', 'xxx']) {
    const inside = Buffer.from(JSON.stringify({ before, plate: '1ABC234' })).toString('base64url');
    const message = Buffer.from(JSON.stringify({ data: `eyJhbGciOiJFUzI1NiJ9.${inside}.${'A'.repeat(86)}` }));
    expect(message.includes('1ABC234')).toBe(false);
    expect(readable(message).includes('1ABC234')).toBe(true);
  }
});

it('leaves a message in which nothing is encoded as it is', () => {
  const message = Buffer.from('{"node":"gantry-7","state":"online"}');
  expect(readable(message)).toEqual(message);
});
