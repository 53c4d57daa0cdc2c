import { endingCertificate } from '../../sync/uplink/health.ts';
import type { CameraFacts, ClockState, DiskSpace, LinkFacts, NodeFacts, ReaderFacts } from './node-facts.ts';
import { span } from './span.ts';

export type HealthLevel = 'ok' | 'unknown' | 'warn' | 'fail';
export type HealthPart = 'law' | 'cameras' | 'reader' | 'lists' | 'link' | 'clock' | 'disk';

/** One part's state: what is wrong and what to do about it, in words for the person on the ladder. */
export interface Verdict {
  readonly part: HealthPart;
  readonly level: HealthLevel;
  readonly cause: string;
  /** Empty when there is nothing to do. */
  readonly advice: string;
}

/** Judges each part of the node once, in a fixed order. */
export function healthOf(facts: NodeFacts): readonly Verdict[] {
  return [
    judgeLaw(facts.inhibited),
    judgeCameras(facts.cameras, facts.inhibited),
    judgeReader(facts.reader, facts.inhibited),
    judgeLists(facts),
    judgeLink(facts.link),
    judgeClock(facts.clock),
    judgeDisk(facts.disk, facts.hitsInMemory),
  ];
}

/** The worst of all parts; `unknown` spoils nothing. */
export function overall(verdicts: readonly Verdict[]): 'ok' | 'warn' | 'fail' {
  if (verdicts.some((verdict) => verdict.level === 'fail')) return 'fail';
  return verdicts.some((verdict) => verdict.level === 'warn') ? 'warn' : 'ok';
}

export function judgeLaw(inhibited: string | null): Verdict {
  if (inhibited === null) return verdict('law', 'ok', 'plates may be read here');
  return verdict('law', 'warn', inhibited, 'nothing to repair: the profile of this country lets no plate be read');
}

export function judgeCameras(cameras: readonly CameraFacts[], inhibited: string | null): Verdict {
  if (inhibited !== null) return verdict('cameras', 'ok', 'not opened: inhibited');
  if (cameras.length === 0) return verdict('cameras', 'fail', 'none', 'add a camera to the settings and restart');
  const judged = cameras.map(judgeCamera);
  const worst = judged.find((one) => one.level === 'fail') ?? judged.find((one) => one.level === 'warn');
  if (worst === undefined) return verdict('cameras', 'ok', `${cameras.length} with picture`);
  const others = judged.filter((one) => one !== worst && one.level !== 'ok').length;
  return others === 0 ? worst : { ...worst, cause: `${worst.cause}; and ${others} more, see cameras` };
}

export function judgeCamera(camera: CameraFacts): Verdict {
  const { name } = camera;
  const age = camera.lastFrameAgeMs;
  if (camera.worker === 'restarting')
    return verdict(
      'cameras',
      'fail',
      `${name}: its worker is being restarted`,
      'wait a minute; if it stays so, look at the log',
    );
  if (camera.state === 'ended')
    return verdict('cameras', 'warn', `${name}: the recording has ended`, 'set loop: true to repeat it');
  if (camera.state === 'no-signal')
    return verdict(
      'cameras',
      'fail',
      `${name}: no signal${age === null ? '' : ` for ${span(age)}`}`,
      'check its power and network cable, then its address and log-in with: anpr-node check',
    );
  if (camera.worker === 'starting' || camera.state === 'connecting')
    return verdict('cameras', 'warn', `${name}: connecting`, 'wait half a minute; if it stays so, check its address');
  if (age !== null && age > 10_000)
    return verdict(
      'cameras',
      'fail',
      `${name}: picture frozen for ${span(age)}`,
      'restart the camera, then check its network',
    );
  return verdict('cameras', 'ok', `${name}: ${camera.framesPerSecond.toFixed(0)} frames/s`);
}

export function judgeReader(reader: ReaderFacts, inhibited: string | null): Verdict {
  if (inhibited !== null) return verdict('reader', 'ok', 'not started: inhibited');
  if (reader.state === 'ready') return verdict('reader', 'ok', 'ready');
  if (reader.state === 'starting') return verdict('reader', 'warn', 'starting', 'wait half a minute');
  const code = reader.failureCode ?? 'unknown failure';
  return verdict(
    'reader',
    'fail',
    `does not start: ${code}`,
    'reinstall the program; its model files are missing or damaged',
  );
}

export function judgeLists(facts: Pick<NodeFacts, 'lists' | 'refusedLists' | 'inhibited'>): Verdict {
  if (facts.inhibited !== null) return verdict('lists', 'ok', 'none loaded: inhibited');
  const { refusedLists } = facts;
  // A revoked list is gone because its owner said so: nothing is wrong with the node.
  const lists = facts.lists.filter((list) => list.validity !== 'revoked');
  const matching = lists.filter((list) => list.validity === 'valid');
  const entries = matching.reduce((sum, list) => sum + list.entries, 0);
  const summary = `${matching.length} of ${lists.length} matching, ${entries} entries`;
  const keyless = lists.find((list) => list.validity === 'no-key');
  const expired = lists.find((list) => list.validity === 'expired');
  const waiting = lists.find((list) => list.validity === 'waiting' || list.acceptedVersion > (list.version ?? 0));
  const level = matching.length === 0 ? 'fail' : 'warn';
  if (keyless !== undefined)
    return verdict(
      'lists',
      level,
      `${summary}; no key for ${keyless.authority}/${keyless.id}`,
      'have the centre grant this node the list’s key',
    );
  if (expired !== undefined)
    return verdict(
      'lists',
      level,
      `${summary}; ${expired.authority}/${expired.id} has expired`,
      'the centre must publish a new version; check the link too',
    );
  if (refusedLists[0] !== undefined)
    return verdict(
      'lists',
      level,
      `${summary}; refused ${refusedLists[0].authority}/${refusedLists[0].id}: ${refusedLists[0].reason}`,
      'the centre must not send it here, or the profile of this country must change',
    );
  const revoked = facts.lists.length - lists.length;
  if (lists.length === 0 && revoked > 0)
    return verdict(
      'lists',
      'warn',
      `none; ${revoked} revoked by the owner`,
      'nothing to repair here: a new list comes from the centre',
    );
  if (lists.length === 0)
    return verdict(
      'lists',
      'fail',
      'none',
      'check the link; then that the centre has published a list and this node trusts its authority',
    );
  if (matching.length === 0) return verdict('lists', 'fail', summary, 'see lists for the reason of each');
  if (waiting !== undefined) return verdict('lists', 'ok', `${summary}; fetching ${waiting.authority}/${waiting.id}`);
  return verdict('lists', 'ok', summary);
}

const linkAdvice: Readonly<Record<string, string>> = {
  'broker/unreachable': 'check network cable and modem, then that the broker’s address and port are right',
  'broker/unknown-host': 'check the broker’s name in the settings, and the name server of this box',
  'broker/not-authorised':
    'the broker refuses this node: check its certificate, user name and password with the centre',
  'broker/certificate': 'the broker’s or this node’s certificate is not accepted: check caFile, dates, and the clock',
  'broker/credentials-unreadable': 'a file named under broker: cannot be read; see anpr-node check',
  'broker/silent': 'the broker stopped answering: check the mobile link; it is tried again by itself',
};

export function judgeLink(link: LinkFacts): Verdict {
  const queue = link.waiting === 0 ? 'nothing waits' : `${link.waiting} waiting`;
  if (!link.connected) {
    const code = link.failureCode ?? 'no answer yet';
    const advice = linkAdvice[code] ?? 'check network and broker; it is tried again by itself';
    return verdict('link', 'fail', `down for ${span(link.sinceMs)} (${code}), ${queue}`, advice);
  }
  const days = endingCertificate(link.certificateDaysLeft);
  if (days !== null && days < 0)
    return verdict('link', 'fail', `the node’s certificate expired ${-days} days ago`, 'have a new certificate issued');
  if (days !== null)
    return verdict('link', 'warn', `the node’s certificate ends in ${days} days`, 'have a new certificate issued');
  if (link.oldestWaitingMs !== null && link.oldestWaitingMs > 10 * 60_000)
    return verdict(
      'link',
      'warn',
      `connected, but ${queue}, the oldest for ${span(link.oldestWaitingMs)}`,
      'the centre sends no receipts: ask there whether it runs',
    );
  return verdict('link', 'ok', `connected for ${span(link.sinceMs)}, ${queue}`);
}

export function judgeClock(clock: ClockState): Verdict {
  if (clock === 'synchronised') return verdict('clock', 'ok', 'synchronised');
  if (clock === 'unknown') return verdict('clock', 'unknown', 'cannot tell whether it is synchronised');
  return verdict(
    'clock',
    'warn',
    'not synchronised',
    'check that the time server can be reached (timedatectl timesync-status)',
  );
}

export function judgeDisk(disk: DiskSpace | null, hitsInMemory = 0): Verdict {
  if (hitsInMemory > 0)
    return verdict(
      'disk',
      'fail',
      `it takes nothing: ${hitsInMemory} hits are kept in memory only`,
      'before anything else free space on the disk of the data folder, or mend it if it is read-only; do not switch the node off',
    );
  if (disk === null)
    return verdict(
      'disk',
      'fail',
      'the data folder cannot be asked',
      'check that dataFolder exists and its disk is mounted',
    );
  const percent = disk.totalBytes === 0 ? 0 : (disk.freeBytes / disk.totalBytes) * 100;
  const text = `${percent.toFixed(0)} % free (${(disk.freeBytes / 1e9).toFixed(1)} GB)`;
  if (disk.freeBytes < 100e6)
    return verdict('disk', 'fail', text, 'free space on the disk of the data folder: hits can hardly be kept');
  if (percent < 10) return verdict('disk', 'warn', text, 'free space on the disk of the data folder');
  return verdict('disk', 'ok', text);
}

function verdict(part: HealthPart, level: HealthLevel, cause: string, advice = ''): Verdict {
  return { part, level, cause, advice };
}
