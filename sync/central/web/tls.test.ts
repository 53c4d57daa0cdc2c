import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { silentLog } from '../../../config/foundation/log.ts';
import { readCertificate } from './certificate.ts';
import { listenAddress } from './listen-address.ts';
import { ask, askToLogIn, openWebSite, type WebSite } from './web-site.fixture.ts';

let folder: string;
let files: { certificateFile: string; keyFile: string };
let site: WebSite | null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hazeldonk-tls-'));
  files = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') };
  site = null;
  makeCertificate('first');
});
afterEach(async () => {
  await site?.close();
  rmSync(folder, { recursive: true });
});

function makeCertificate(name: string): void {
  const { certificateFile, keyFile } = files;
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const out = ['-keyout', keyFile, '-out', certificateFile, '-days', '2', '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', '-x509', ...curve, ...out], { stdio: 'ignore' });
}

/** The name in the certificate that a new connection is shown. */
function nameShown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

it('serves over TLS with a cookie bound to this host, and tells browsers to insist', async () => {
  site = await openWebSite({ tls: files });
  expect(site.url).toMatch(/^https:/);
  const answer = await askToLogIn(site.url, 'k.jansen', 'correct horse battery');
  const cookie = answer.headers['set-cookie']?.[0] ?? '';
  expect(cookie).toMatch(/^__Host-hazeldonk-\d+=/);
  expect(cookie).toContain('Secure');
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
});

it('may listen on every address with TLS, by any name that its certificate proves', async () => {
  site = await openWebSite({ tls: files, address: listenAddress('0.0.0.0:0') });
  const url = site.url.replace('0.0.0.0', '127.0.0.1');
  expect((await ask(url, '/', { headers: { host: `centre.example:${site.port}` } })).status).toBe(200);
});

it('takes up a renewed certificate without a restart, and keeps the old one while the new one is half written', async () => {
  const events: string[] = [];
  const log = { ...silentLog, event: (_level: string, event: string) => events.push(event) };
  site = await openWebSite({ tls: files, renewEveryMs: 10, log });
  const { port } = site;
  expect(await nameShown(port)).toBe('first');
  writeFileSync(files.certificateFile, '-----BEGIN CERT');
  await vi.waitFor(() => expect(events).toContain('web/certificate-unusable'), { timeout: 20_000 });
  expect(await nameShown(port)).toBe('first');
  makeCertificate('second');
  await vi.waitFor(async () => expect(await nameShown(port)).toBe('second'), { timeout: 20_000 });
});

it('refuses a certificate that does not fit its key before it listens', () => {
  writeFileSync(files.keyFile, 'no key');
  expect(() => readCertificate(files)).toThrow(expect.objectContaining({ code: 'web/bad-certificate' }));
});
