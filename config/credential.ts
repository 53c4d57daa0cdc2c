/**
 * NAME where settings say `credential:NAME`: a file that systemd gives to the service, and to nothing outside it. Null for any
 * other text. A path of settings that were read is absolute, unless it is a credential that cannot be had here.
 */
export function credentialName(text: string): string | null {
  return /^credential:([A-Za-z0-9._-]+)$/.exec(text)?.[1] ?? null;
}
