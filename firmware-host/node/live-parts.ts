import { Fault } from '../../config/foundation/fault.ts';
import type { Log } from '../../config/foundation/log.ts';
import type { Service } from '../../config/foundation/service.ts';
import { consoleSocketPath } from '../../config/load-node-settings.ts';
import type { NodeSettings } from '../../config/node-settings.ts';
import { TrustStore } from '../../sync/lists/trust.ts';
import { RecipientKeys } from '../../sync/uplink/recipient-keys.ts';
import { ConsoleDoor, type DoorSettings } from '../console/console-door.ts';
import { ConsoleService } from '../console/console-service.ts';
import type { Controls } from '../console/controls.ts';
import type { Diagnostics } from '../console/diagnostics.ts';
import { openConsoleUsers } from '../console/technician.ts';
import { MetricsService } from '../metrics/metrics-service.ts';
import type { Family } from '../metrics/prometheus-text.ts';
import { changedSettings } from './changed-settings.ts';
import { Exchangeable } from './exchangeable.ts';
import type { PreparedSettings } from './running-settings.ts';

export interface LivePartsOptions {
  readonly settings: NodeSettings;
  readonly recipients: RecipientKeys;
  readonly trust: TrustStore;
  readonly node: Diagnostics & { metrics(): readonly Family[] };
  readonly controls: Controls;
  readonly log: Log;
  readonly onLogLevel: (level: NodeSettings['log']['level']) => void;
  /** From now on these authorities' lists count, and no others. */
  readonly onTrust: (trust: TrustStore) => void;
}

/** The parts of a node whose settings may change while it runs. */
export class LiveParts {
  readonly technicians: Exchangeable;
  readonly metrics: Exchangeable;
  readonly #options: LivePartsOptions;
  readonly #door: ConsoleDoor;
  #settings: NodeSettings;
  #trust: TrustStore;

  constructor(options: LivePartsOptions) {
    const { settings, log } = options;
    this.#options = options;
    this.#settings = settings;
    this.#trust = options.trust;
    this.#door = new ConsoleDoor({ ...doorSettings(settings), log });
    this.technicians = new Exchangeable('console', this.#consoleOf(settings));
    this.metrics = new Exchangeable('metrics', this.#metricsOf(settings));
  }

  /** Throws what is wrong with keys or users, `console/no-users` among it. */
  async prepare(next: NodeSettings): Promise<PreparedSettings> {
    const { recipients, onLogLevel, onTrust } = this.#options;
    const trust = TrustStore.fromFiles(next.trust.authorities);
    const trustRenewed = trust.fingerprint !== this.#trust.fingerprint;
    const keys = await RecipientKeys.fromFiles(next.trust.recipients);
    const changed = new Set(changedSettings(this.#settings, next));
    const { usersFile } = next.console;
    if (changed.has('console.usersFile') && usersFile !== undefined) demandUsers(usersFile);
    return {
      renewed: [
        ...(trustRenewed ? ['trust.authorities'] : []),
        ...(keys.fingerprint === recipients.fingerprint ? [] : ['trust.recipients']),
      ],
      apply: () => {
        this.#settings = next;
        onLogLevel(next.log.level);
        recipients.replaceBy(keys);
        this.#trust = trust;
        if (trustRenewed) onTrust(trust);
        this.#door.change(doorSettings(next));
        // Whoever sits at a line that stays where it is stays too.
        if (['serialPort', 'baudRate', 'socketPath'].some((name) => changed.has(`console.${name}`)))
          this.technicians.exchange(this.#consoleOf(next));
        if (changed.has('metrics.port')) this.metrics.exchange(this.#metricsOf(next));
      },
    };
  }

  #consoleOf(settings: NodeSettings): Service {
    const { node, controls, log } = this.#options;
    const { serialPort, baudRate } = settings.console;
    const socketPath = consoleSocketPath(settings);
    return new ConsoleService({ node, controls, door: this.#door, log, socketPath, serialPort, baudRate });
  }

  #metricsOf({ metrics: { port } }: NodeSettings): Service | null {
    const { node, log } = this.#options;
    return port === undefined ? null : new MetricsService({ port, read: () => node.metrics(), log });
  }
}

function doorSettings({ console: { usersFile, idleMinutes } }: NodeSettings): DoorSettings {
  return { usersFile, idleMs: idleMinutes * 60_000 };
}

/** A file without users would lock everybody out, whoever is asking for it included. */
function demandUsers(usersFile: string): void {
  if (openConsoleUsers(usersFile).users().length === 0)
    throw new Fault('console/no-users', `nobody may log in by ${usersFile} yet: anpr-node user add NAME`);
}
