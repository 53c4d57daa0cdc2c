import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Whole days until the certificate in this PEM file ends (negative when it has); null when there is none to read. */
export function certificateDaysLeft(file: string, nowMs: number = Date.now()): number | null {
  try {
    const certificate = new X509Certificate(readFileSync(file));
    return Math.floor((Date.parse(certificate.validTo) - nowMs) / 86_400_000);
  } catch {
    return null;
  }
}
