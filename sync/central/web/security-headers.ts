/** For every answer. The page takes nothing from elsewhere, runs no inline script, and may not be framed. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  // Hits and pictures stay out of the disks of officers' machines.
  'cache-control': 'no-store',
};

/** A year, for this host alone; meaningful over TLS only. */
export const strictTransport = { 'strict-transport-security': 'max-age=31536000' } as const;

/** A picture comes from a node, and is never more than a picture, whatever its bytes say. */
export const pictureHeaders: Readonly<Record<string, string>> = {
  'content-type': 'image/jpeg',
  'content-security-policy': "default-src 'none'; sandbox",
  'content-disposition': 'inline',
};
