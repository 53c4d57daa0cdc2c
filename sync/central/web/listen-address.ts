import { BlockList, isIP } from 'node:net';
import { Fault } from '../../../config/foundation/fault.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly loopback: boolean;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Reads `HOST:PORT`, `[IPV6]:PORT` or a bare port on loopback. Port 0 takes any that is free. Throws `web/bad-address`. */
export function listenAddress(text: string): ListenAddress {
  const found = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(found?.[3]);
  if (found === null || port > 65_535)
    throw new Fault('web/bad-address', `${text} is no address to listen on; write HOST:PORT, such as 127.0.0.1:8080`);
  const host = found[1] ?? found[2] ?? '127.0.0.1';
  return { host, port, loopback: isLoopback(host) };
}

/** Passwords and plates in the clear stay on this machine. Throws `web/needs-tls`. */
export function refuseClearBeyondLoopback(address: ListenAddress, hasTls: boolean): void {
  if (address.loopback || hasTls) return;
  throw new Fault(
    'web/needs-tls',
    `${address.host} can be reached from other machines: give --tls-cert and --tls-key, or listen on 127.0.0.1`,
  );
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
