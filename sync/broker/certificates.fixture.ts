import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A certificate authority for tests, made with OpenSSL in a folder. */
export class TestAuthority {
  readonly caFile: string;
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name = 'ca') {
    this.#folder = folder;
    this.#name = name;
    this.caFile = join(folder, `${name}.crt`);
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`];
    this.#openssl('req', '-x509', ...newKey, '-subj', `/CN=test authority ${name}`, '-days', '2', ...files);
  }

  /** A broker's certificate for 127.0.0.1. */
  server(file: string): CertificateFiles {
    return this.#issue(file, 'broker', 'subjectAltName=IP:127.0.0.1', 60);
  }

  /** A client's certificate with this common name, valid for so many days from now. */
  client(commonName: string, { file = commonName, days = 60 } = {}): CertificateFiles {
    return this.#issue(file, commonName, 'extendedKeyUsage=clientAuth', days);
  }

  #issue(file: string, commonName: string, extension: string, days: number): CertificateFiles {
    const subject = `/CN=${commonName.replaceAll('/', '\\/')}`;
    writeFileSync(join(this.#folder, `${file}.ext`), extension);
    this.#openssl('req', ...newKey, '-subj', subject, '-keyout', `${file}.key`, '-out', `${file}.csr`);
    const by = ['-CA', `${this.#name}.crt`, '-CAkey', `${this.#name}.key`, '-CAcreateserial'];
    const signed = [...by, '-days', String(days), '-extfile', `${file}.ext`];
    this.#openssl('x509', '-req', '-in', `${file}.csr`, ...signed, '-out', `${file}.crt`);
    return { certificateFile: join(this.#folder, `${file}.crt`), keyFile: join(this.#folder, `${file}.key`) };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'ignore' });
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
