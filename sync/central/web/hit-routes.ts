import { messageId } from '../../uplink/cloud-event.ts';
import { evidenceKinds } from '../../uplink/hit.ts';
import { followUpFacts } from '../follow-up-facts.ts';
import type { StoredHit } from '../store/hit-desk.ts';
import { type Answer, badRequest, json, notFound, refusal } from './answer.ts';
import { streamChanges } from './event-stream.ts';
import { followUpSchema, hitQuestion } from './hit-question.ts';
import { type HitDetails, type HitsPage, viewOfHit, viewOfNode } from './hit-view.ts';
import type { Office } from './office.ts';
import { readJsonBody } from './request-body.ts';
import type { RouteContext } from './route.ts';
import { pictureHeaders } from './security-headers.ts';

const mostStreams = 500;

/** `GET /api/hits`: the latest first. The cursor is taken before, so that nothing falls between page and stream. */
export async function listHits({ office: { desk }, request }: RouteContext): Promise<Answer> {
  const question = hitQuestion(request.query);
  if (question === null) return badRequest;
  const cursor = await desk.cursor();
  const { hits, next } = await desk.hits(question);
  return json({ hits: hits.map(viewOfHit), next, cursor } satisfies HitsPage);
}

/** `GET /api/hits/ID`: one hit with its history. */
export async function showHit(context: RouteContext): Promise<Answer> {
  const { office, session } = context;
  const id = hitId(context);
  const stored = id && (await office.desk.hit(id));
  if (!id || !stored) return notFound;
  office.log.event('info', 'web/hit-opened', { user: session.user, hit: id });
  return details(office, stored);
}

/** `GET /api/hits/ID/pictures/KIND`. */
export async function showPicture(context: RouteContext): Promise<Answer> {
  const id = hitId(context);
  const kind = evidenceKinds.find((one) => one === context.parts[1]);
  const jpeg = id && kind && (await context.office.desk.picture(id, kind));
  return jpeg ? { status: 200, headers: pictureHeaders, body: jpeg } : notFound;
}

/** `POST /api/hits/ID/follow-ups`: seen, dispatched or a verdict, recorded with who and when. */
export async function followUpHit(context: RouteContext): Promise<Answer> {
  const { office, session, request } = context;
  const id = hitId(context);
  if (!id) return notFound;
  const body = await readJsonBody(request.message);
  if (body === 'too-large') return refusal(413, 'too-large');
  const what = body === 'not-json' ? null : followUpSchema.safeParse(body.value).data;
  if (!what) return badRequest;
  const outcome = await office.desk.followUp(id, what, { by: session.user, atMs: office.nowMs() });
  const stored = outcome === 'unknown-hit' ? null : await office.desk.hit(id);
  if (!stored) return notFound;
  office.log.event('info', 'web/followed-up', { user: session.user, ...followUpFacts(stored, what, outcome) });
  await office.watch.look();
  return details(office, stored);
}

/** `GET /api/nodes`. */
export async function listNodes({ office }: RouteContext): Promise<Answer> {
  const nodes = await office.desk.nodes();
  return json(nodes.map((node) => viewOfNode(node, office.places)));
}

/** `GET /api/events?after=CURSOR`: what changes, until the session ends. */
export async function openEvents({ office, session, request }: RouteContext): Promise<Answer> {
  // After a broken connection the browser says where it was; that is newer than the address.
  const after = request.message.headers['last-event-id'] ?? request.query.get('after');
  if (typeof after !== 'string' || !/^\d{1,15}$/.test(after)) return badRequest;
  if (office.streams.size >= mostStreams) return refusal(503, 'too-many');
  const stillMay = () => office.stillLoggedIn(session.id);
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    stream: async (response, signal) => {
      const mine = Symbol(session.id);
      office.streams.add(mine);
      try {
        await streamChanges(response, Number(after), { ...office, stillMay }, signal);
      } finally {
        office.streams.delete(mine);
      }
    },
  };
}

async function details({ desk }: Office, stored: StoredHit): Promise<Answer> {
  const history = await desk.history(stored.hit.id);
  return json({ hit: viewOfHit(stored), history } satisfies HitDetails);
}

function hitId({ parts }: RouteContext): string | null {
  return messageId.safeParse(parts[0]).data ?? null;
}
