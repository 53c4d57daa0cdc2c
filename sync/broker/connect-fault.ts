import { Fault } from '../../config/foundation/fault.ts';

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'broker/unreachable',
  EHOSTUNREACH: 'broker/unreachable',
  ENETUNREACH: 'broker/unreachable',
  ETIMEDOUT: 'broker/unreachable',
  ENOTFOUND: 'broker/unknown-host',
  EAI_AGAIN: 'broker/unknown-host',
  ECONNRESET: 'broker/connection-lost',
  EPIPE: 'broker/connection-lost',
};

/** Why a broker connection failed, as a code that console and health can show. */
export function connectFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const text = error instanceof Error ? error.message : String(error);
  // CONNACK return codes of MQTT 3.1.1, section 3.2.2.3: 4 and 5 are about who we are.
  if (code === 4 || code === 5) return new Fault('broker/not-authorised', text, { cause: error });
  if (typeof code === 'number') return new Fault('broker/refused', text, { cause: error });
  if (typeof code !== 'string') return new Fault('broker/failed', text, { cause: error });
  const known = codes[code] ?? (/CERT|TLS|SSL|SIGNATURE/.test(code) ? 'broker/certificate' : 'broker/failed');
  return new Fault(known, text, { cause: error });
}
