import { z } from 'zod';
import { type Answer, badRequest, json, nothing, refusal } from './answer.ts';
import type { SessionView } from './hit-view.ts';
import type { Office } from './office.ts';
import type { WebUser } from './officers.ts';
import { readJsonBody } from './request-body.ts';
import type { RouteContext } from './route.ts';
import type { Session } from './sessions.ts';
import { cookie, type WebRequest } from './web-request.ts';

const credentialsSchema = z.strictObject({ name: z.string().max(64), password: z.string().max(1024) });

/** `POST /api/session`: name and password for a session cookie. */
export async function logIn(office: Office, request: WebRequest): Promise<Answer> {
  const body = await readJsonBody(request.message);
  if (body === 'too-large') return refusal(413, 'too-large');
  const credentials = body === 'not-json' ? null : credentialsSchema.safeParse(body.value).data;
  if (!credentials) return badRequest;
  const outcome = await office.logIn.check(credentials, request.address);
  if ('user' in outcome) {
    // Whatever session this browser had is over: one log-in, one session.
    const before = sessionOf(office, request);
    if (before) office.sessions.end(before.session.id);
    const { token, session } = office.sessions.begin(outcome.user);
    return json(view(office, session, outcome.user), { 'set-cookie': setCookie(office, token) });
  }
  if (outcome.refused === 'wrong') return refusal(401, 'log-in-refused');
  return refusal(429, 'wait', { 'retry-after': String(Math.ceil(outcome.waitMs / 1_000)) });
}

/** `GET /api/session`: who I am. */
export async function whoAmI({ office, session, user }: RouteContext): Promise<Answer> {
  return json(view(office, session, user));
}

/** `POST /api/session/active`: the officer is still there. */
export async function stillHere({ office, session }: RouteContext): Promise<Answer> {
  office.sessions.touch(session.id);
  return nothing;
}

/** `DELETE /api/session`. */
export async function logOut({ office, session }: RouteContext): Promise<Answer> {
  office.sessions.end(session.id);
  office.log.event('info', 'web/logged-out', { user: session.user });
  return { ...nothing, headers: { 'set-cookie': setCookie(office, '', 'Max-Age=0') } };
}

/** The session of a request's cookie, while it lasts and its user is as he was when it began. */
export function sessionOf(
  office: Office,
  request: WebRequest,
): { readonly session: Session; readonly user: WebUser } | null {
  const token = cookie(request, office.cookieName);
  const session = token === null ? null : office.sessions.find(token);
  const user = session && office.userOf(session);
  return session && user ? { session, user } : null;
}

function view(office: Office, session: Session, user: WebUser): SessionView {
  return { user: user.name, role: user.role, csrf: session.csrf, nowMs: office.nowMs() };
}

function setCookie(office: Office, token: string, more = ''): string {
  const parts = [`${office.cookieName}=${token}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  if (office.tls) parts.push('Secure');
  if (more !== '') parts.push(more);
  return parts.join('; ');
}
