import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Fault } from '../../../config/foundation/fault.ts';
import type { Log } from '../../../config/foundation/log.ts';
import { pause } from '../../../config/foundation/pause.ts';

export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads both and sees that they fit each other. Throws `web/bad-certificate`. */
export function readCertificate({ certificateFile, keyFile }: TlsFiles): Certificate {
  try {
    const certificate = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
    createSecureContext(certificate);
    return certificate;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault('web/bad-certificate', `cannot use ${certificateFile} with ${keyFile}: ${why}`, { cause });
  }
}

export interface Renewal {
  readonly files: TlsFiles;
  readonly everyMs: number;
  readonly log: Log;
  readonly use: (certificate: Certificate) => void;
}

/** Takes up a renewed certificate without a restart; while the files do not fit each other the old one serves on. */
export async function renewCertificate({ files, everyMs, log, use }: Renewal, signal: AbortSignal): Promise<void> {
  let used = readCertificate(files);
  for (await pause(everyMs, signal); !signal.aborted; await pause(everyMs, signal)) {
    try {
      const found = readCertificate(files);
      if (found.cert.equals(used.cert) && found.key.equals(used.key)) continue;
      use(found);
      used = found;
      log.event('info', 'web/certificate-renewed');
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.event('warn', 'web/certificate-unusable', { code: error.code });
    }
  }
}
