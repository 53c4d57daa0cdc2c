import { type Answer, notFound, refusal } from './answer.ts';
import { followUpHit, listHits, listNodes, openEvents, showHit, showPicture } from './hit-routes.ts';
import type { Office } from './office.ts';
import type { Role, WebUser } from './officers.ts';
import { isAddressedHere, isFromOtherSite, isFromOwnPage, type Origin } from './same-site.ts';
import { logIn, logOut, sessionOf, stillHere, whoAmI } from './session-routes.ts';
import { type Session, sameSecret } from './sessions.ts';
import { header, type WebRequest } from './web-request.ts';

export interface RouteContext {
  readonly office: Office;
  readonly request: WebRequest;
  readonly session: Session;
  readonly user: WebUser;
  /** What the path's groups matched. */
  readonly parts: readonly string[];
}

interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  /** The least that a user must be. */
  readonly role: Role;
  readonly answer: (context: RouteContext) => Promise<Answer>;
}

const id = '([0-9a-f-]{36})';
const routes: readonly Route[] = [
  { method: 'GET', path: /^\/api\/session$/, role: 'viewer', answer: whoAmI },
  { method: 'DELETE', path: /^\/api\/session$/, role: 'viewer', answer: logOut },
  { method: 'POST', path: /^\/api\/session\/active$/, role: 'viewer', answer: stillHere },
  { method: 'GET', path: /^\/api\/hits$/, role: 'viewer', answer: listHits },
  { method: 'GET', path: new RegExp(`^/api/hits/${id}$`), role: 'viewer', answer: showHit },
  { method: 'GET', path: new RegExp(`^/api/hits/${id}/pictures/([a-z]+)$`), role: 'viewer', answer: showPicture },
  { method: 'POST', path: new RegExp(`^/api/hits/${id}/follow-ups$`), role: 'officer', answer: followUpHit },
  { method: 'GET', path: /^\/api\/nodes$/, role: 'viewer', answer: listNodes },
  { method: 'GET', path: /^\/api\/events$/, role: 'viewer', answer: openEvents },
];

export interface Site {
  readonly office: Office;
  readonly origin: Origin;
  readonly files: ReadonlyMap<string, Answer>;
}

/** One request to its answer: meant for this server, by its own page, by somebody logged in, who may do this. */
export async function answerRequest(request: WebRequest, { office, origin, files }: Site): Promise<Answer> {
  if (!isAddressedHere(request, origin)) return refusal(421, 'wrong-host');
  const file = request.method === 'GET' ? files.get(request.path) : undefined;
  if (file) return file;
  if (isFromOtherSite(request)) return refusal(403, 'wrong-origin');
  const changes = request.method !== 'GET';
  if (changes && !isFromOwnPage(request, origin)) return refusal(403, 'wrong-origin');
  if (request.method === 'POST' && request.path === '/api/session') return logIn(office, request);

  const found = sessionOf(office, request);
  if (found === null) return refusal(401, 'not-logged-in');
  const { session, user } = found;
  const route = routes.find(({ method, path }) => method === request.method && path.test(request.path));
  if (route === undefined) return notFound;
  if (changes && !sameSecret(header(request, 'x-csrf-token') ?? '', session.csrf)) return refusal(403, 'wrong-token');
  if (route.role === 'officer' && user.role !== 'officer') return refusal(403, 'not-allowed');
  if (changes) office.sessions.touch(session.id);
  const parts = route.path.exec(request.path)?.slice(1) ?? [];
  return route.answer({ office, request, session, user, parts });
}
