import { connect, type LookupFunction } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { PostgresDatabase } from './postgres-database.ts';

function database(): PostgresDatabase {
  const made = new PostgresDatabase('postgres://centre@127.0.0.1:9/hits');
  onTestFinished(() => made.close());
  return made;
}

/** How Node says that nobody listens at any of a name's addresses. */
function refusedAt(...addresses: readonly string[]): Promise<unknown> {
  const lookup: LookupFunction = (_host, _options, tell) =>
    tell(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  return new Promise((resolve) => {
    connect({ host: 'db', port: 9, lookup, autoSelectFamily: true }).once('error', resolve);
  });
}

it('takes a server that is down for one that comes again, however many addresses its name has', async () => {
  expect(database().troubleOf(await refusedAt('127.0.0.1'))).toBe('unavailable');
  const error = await refusedAt('127.0.0.1', '127.0.0.2');
  expect(error).toBeInstanceOf(AggregateError);
  expect(error).not.toHaveProperty('syscall');
  expect(database().troubleOf(error)).toBe('unavailable');
});

it('takes a bug for no trouble of the server, alone or among others', () => {
  const bug = new TypeError('not a function');
  const connection = Object.assign(new Error('refused'), { syscall: 'connect' });
  for (const error of [bug, new AggregateError([connection, bug]), 'a text', null])
    expect(database().troubleOf(error)).toBeNull();
});
