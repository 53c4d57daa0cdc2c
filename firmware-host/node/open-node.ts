import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from '../../config/foundation/installation.ts';
import { type Log, type LogLevel, logFrom } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { softwareVersion } from '../../config/foundation/software-version.ts';
import { mayRead } from '../../config/jurisdictions/policy.ts';
import { loadProfile, type Profile } from '../../config/jurisdictions/profile.ts';
import type { CameraSettings, NodeSettings } from '../../config/node-settings.ts';
import { AuditLog, auditing } from '../../sync/audit/audit-log.ts';
import { MqttLink } from '../../sync/broker/mqtt-link.ts';
import { holdExclusively } from '../../sync/database/exclusive-hold.ts';
import { ListSync } from '../../sync/lists/list-sync.ts';
import { BlackLists } from '../../sync/lists/matching/matcher.ts';
import { ListKeys } from '../../sync/lists/sealing/list-keys.ts';
import { signingKeyOf } from '../../sync/lists/sealing/node-key.ts';
import { ListWriterThread } from '../../sync/lists/store/list-writer-thread.ts';
import { TrustStore } from '../../sync/lists/trust.ts';
import { maxEvidenceBytes } from '../../sync/uplink/hit.ts';
import { HitSealer } from '../../sync/uplink/hit-sealer.ts';
import { Outbox } from '../../sync/uplink/outbox.ts';
import { PictureRetention } from '../../sync/uplink/picture-retention.ts';
import { PresenceAndHealth, presenceWill } from '../../sync/uplink/presence.ts';
import { Publisher } from '../../sync/uplink/publisher.ts';
import { RecipientKeys } from '../../sync/uplink/recipient-keys.ts';
import { VerdictCounts } from '../../sync/uplink/verdict-counts.ts';
import { Withdrawals } from '../../sync/uplink/withdrawals.ts';
import type { SettingsOutcome } from '../console/controls.ts';
import { CameraProcess } from '../worker/camera-process.ts';
import type { CameraWork } from '../worker/worker-messages.ts';
import { evidencePictures } from './evidence-pictures.ts';
import { Exchangeable } from './exchangeable.ts';
import { ListLaw } from './list-law.ts';
import { LiveParts } from './live-parts.ts';
import { modelVersions } from './model-versions.ts';
import { NODE_LOCK } from './node-lock.ts';
import { NodeState } from './node-state.ts';
import { openLists } from './open-lists.ts';
import { outboxEmptied } from './outbox-emptied.ts';
import { ownNodeKey } from './own-node-key.ts';
import { PassageLine } from './passage-line.ts';
import { runInTurn } from './run-services.ts';
import { RunningSettings } from './running-settings.ts';
import { Watch } from './watch.ts';

/** What is written into the audit log beside hits: starts and changes with their configuration, lists, and who did what on a console. */
const AUDITED: ReadonlySet<string> = new Set([
  'node/started',
  'node/stopped',
  'node/inhibited',
  'list/applied',
  'list/refused',
  'list/revoked',
  'list/not-allowed',
  'list/given-up',
  'console/attached',
  'console/detached',
  'console/serial-opened',
  'console/serial-lost',
  'console/logged-in',
  'console/log-in-refused',
  'console/logged-out',
  'console/changed',
  'console/command-refused',
  'settings/applied',
  'settings/refused',
]);
/** A hit is not held up longer than this for its pictures. */
const evidenceDeadlineMs = 1_000;
/** After the cameras have stopped, what is in the outbox gets so long to leave; what does not, leaves after the next start. */
const farewellMs = 3_000;

/** The whole node: `run` until the signal aborts, then cameras first, hits into the outbox, the link last. */
export interface Node extends Service {
  readonly state: NodeState;
  /** Takes over what can be taken over of its settings file while it runs. */
  takeOverSettings(): Promise<SettingsOutcome>;
}

/** When a passage was decided, and the last frame that was seen of it; not who drove past. */
export interface DecidedPassage {
  readonly camera: string;
  readonly lastSeenMs: number;
  readonly decidedMs: number;
}

/** What is around the node. */
export interface NodeSurroundings {
  /** Whoever measures the node from outside may be told of these. */
  readonly onDecided?: (passage: DecidedPassage) => void;
  /** Where its settings come from, to be looked at anew. */
  readonly settingsFile?: string;
}

/** Puts the node together from its settings: the one place where pixels and lists meet. */
export async function openNode(
  settings: NodeSettings,
  plainLog: Log,
  { onDecided, settingsFile }: NodeSurroundings = {},
): Promise<Node> {
  // Before anything is opened: who started the node with a wrong key has nothing to close.
  const nodeKey = await ownNodeKey(settings);
  mkdirSync(settings.dataFolder, { recursive: true, mode: 0o700 });
  // Two nodes with one identity would throw each other off the broker for ever.
  const letGo = holdExclusively(join(settings.dataFolder, NODE_LOCK), `a node already runs on ${settings.dataFolder}`);
  // First of all files, because it brings the room for the others where a disk has none left.
  const outbox = Outbox.open(join(settings.dataFolder, 'outbox.sqlite'), {
    diskBudgetBytes: settings.outbox.diskBudgetMb * 1_048_576,
    log: plainLog,
  });
  const audit = AuditLog.open({ folder: join(settings.dataFolder, 'audit'), owner: settings.node.id, log: plainLog });
  if (outbox.salvaged !== null) audit.record('outbox/salvaged', { openHits: outbox.counts().openHitsWaiting });
  // One record for all that one turn of the loop has heard, because each waits for the disk.
  outbox.onEnded((end, ids) => audit.record(`hit/${end}`, { hits: ids.length, ids: ids.join(' ') }));
  let logLevel: LogLevel = settings.log.level;
  const log = auditing(
    logFrom(() => logLevel, plainLog),
    audit,
    AUDITED,
  );
  const profile = loadProfile(settings.node.country);
  const reading = mayRead(profile);
  const version = softwareVersion();
  const identity = {
    node: settings.node.id,
    site: settings.node.site,
    software: version,
    models: modelVersions(settings.recognizer.modelsFolder),
    startedAt: new Date().toISOString(),
  };
  const link = new MqttLink({ ...settings.broker, clientId: settings.node.id, lastWill: presenceWill(identity), log });
  const listFile = join(settings.dataFolder, 'lists.sqlite');
  const { database, store, writer } = openLists(listFile, {
    log,
    makeRoom: () => outbox.giveUpReserve(),
    ownWriter: () =>
      new ListWriterThread({ file: join(installationRoot(), 'dist', 'list-writer.js'), database: listFile }),
  });
  const keys = await ListKeys.open(nodeKey, store);
  const recipients = await RecipientKeys.fromFiles(settings.trust.recipients);
  const sealer = new HitSealer(signingKeyOf(nodeKey), recipients);
  const law = new ListLaw(profile, log);
  const lists = new BlackLists({
    store,
    keys,
    node: settings.node,
    allows: (asked) => law.allows(asked),
    clockIsKept: () => state.hitClock().synchronised,
    log,
  });
  const withdrawals = new Withdrawals({
    node: settings.node.id,
    outbox,
    sealer,
    standing: (entry) => lists.standing(entry),
    log,
  });
  const line: PassageLine = new PassageLine({
    node: settings.node,
    match: (passage) => lists.match(passage.seen, Date.now()),
    evidence: async (passage) => {
      const camera = cameras.find((one) => one.status.camera === passage.camera);
      return evidencePictures((await camera?.evidence(passage.id, evidenceDeadlineMs)) ?? null);
    },
    seal: (hit, pictures) => sealer.seal(hit, pictures),
    append: (hit, { body, pictures }) => {
      const outcome = outbox.append(hit, pictures, body);
      withdrawals.appended(hit, body);
      const { list, entry } = hit.data;
      // Discreet means discreet: nothing on the node tells of such a hit, the audit log least of all.
      if (outcome.stored && entry.action !== 'discreet-check')
        audit.record('hit/stored', { hit: hit.id, authority: list.authority, list: list.id, action: entry.action });
      return outcome;
    },
    clock: () => state.hitClock(),
  });
  const cameras: readonly CameraProcess[] = (reading.allowed ? settings.cameras : []).map(
    (camera) =>
      new CameraProcess({
        work: workOf(camera, settings, profile),
        log,
        onPassage(passage) {
          const { camera: name, lastSeenMs, decidedMs } = passage;
          onDecided?.({ camera: name, lastSeenMs, decidedMs });
          return line.take(passage);
        },
      }),
  );
  const verdicts = new VerdictCounts({ node: settings.node.id, link, database, log });
  const state: NodeState = new NodeState({
    settings,
    version,
    inhibited: reading.allowed ? null : reading.reason,
    cameras,
    lists,
    outbox,
    link,
    line,
    models: identity.models,
    audit,
    verdicts: () => verdicts.counts(),
  });
  const listSyncOf = (trust: TrustStore) =>
    new ListSync({
      link,
      store,
      writer,
      keys,
      trust,
      mirrorCaFile: settings.broker.caFile,
      node: settings.node,
      allows: (manifest) => law.allowsList(manifest),
      onRefused: (refusal) => {
        if (state.listRefused(refusal)) presence.sayHealth();
      },
      onApplied: (manifest) => {
        state.listApplied(manifest.authority, manifest.list);
        presence.sayHealth();
        withdrawals.listsChanged();
        const { authority, list } = manifest;
        for (const recipient of recipients.cannotRead(manifest.recipients))
          log.event('warn', 'list/recipient-without-key', { authority, list, recipient });
      },
      onWithdrawn: () => {
        presence.sayHealth();
        withdrawals.listsChanged();
      },
      log,
    });
  const trust = TrustStore.fromFiles(settings.trust.authorities);
  const listSync = new Exchangeable('list-sync', reading.allowed ? listSyncOf(trust) : null);
  const holderOf = (print: string) => recipients.holderOf(print);
  const publisher = new Publisher({ node: settings.node.id, link, outbox, log, holderOf });
  const retention = new PictureRetention({ outbox, days: profile.hitRetentionDays.value });
  const presence = new PresenceAndHealth({ identity, link, health: () => state.health() });
  const takeOverSettings = () => running.takeOver();
  const live = new LiveParts({
    settings,
    recipients,
    trust,
    node: state,
    controls: {
      restartCamera: (name) => cameras.find((one) => one.status.camera === name)?.restart() ?? false,
      takeOverSettings,
    },
    log,
    onLogLevel: (level) => {
      logLevel = level;
    },
    onTrust: (authorities) => {
      // What matches goes on matching while the lists of others are forgotten and those of new ones fetched.
      if (reading.allowed) listSync.exchange(listSyncOf(authorities));
    },
  });
  const running: RunningSettings = new RunningSettings({
    settings,
    file: settingsFile ?? null,
    prepare: (next) => live.prepare(next),
    log,
  });
  return {
    name: 'node',
    state,
    takeOverSettings,
    async run(signal) {
      log.event('info', 'node/started', {
        node: settings.node.id,
        version,
        cameras: cameras.length,
        settings: running.hash,
      });
      if (!reading.allowed) log.event('warn', 'node/inhibited', { reason: reading.reason });
      try {
        await runInTurn(
          {
            front: [...cameras, listSync, live.technicians],
            between: () => outboxEmptied(outbox, link, farewellMs),
            back: [link, publisher, withdrawals, retention, presence, verdicts, new Watch(state), live.metrics],
          },
          signal,
        );
      } finally {
        outbox.close();
        database.close();
        letGo();
        // Without the number of hits: some are discreet.
        log.event('info', 'node/stopped', { passages: line.passages });
        audit.close();
      }
    },
  };
}

function workOf(camera: CameraSettings, settings: NodeSettings, profile: Profile): CameraWork {
  const { recognizer, passages } = settings;
  const occupantsVisible = profile.occupantsVisible.value;
  const evidence = { ...settings.evidence, occupantsVisible, mostPictureBytes: maxEvidenceBytes };
  return { camera, recognizer, passages, evidence };
}
