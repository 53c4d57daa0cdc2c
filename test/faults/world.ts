import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canMount, mountSmallDisk, type SmallDisk } from '../../sync/database/small-disk.fixture.ts';
import { type Broker, startBroker } from './broker.ts';
import { Child, programFile, type Words } from './child.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export interface WorldOptions {
  /** Folder of the children's programs. */
  readonly programs: string;
  readonly random: Random;
  /** Real file systems of a few megabytes for node and centre, which can be filled; left out where that is not permitted. */
  readonly smallDisks: boolean;
  /** What the centre's disk must hold in the end. */
  readonly centreMegabytes?: number;
}

interface Place {
  readonly folder: string;
  readonly disk: SmallDisk | null;
  close(): void;
}

const nodeMegabytes = 12;

/** One node, one broker and one centre, each in a process of its own, with a network in between that does what is asked. */
export class World {
  readonly ledger = new Ledger();
  /** Whether each picture is counted exactly once so far. */
  exactPictures = true;
  /** Counters that did not agree, and by how much. */
  readonly differences = new Map<string, number>();
  readonly #programs: string;
  readonly #outbox: Place;
  readonly #store: Place;
  #node: Child | null = null;
  #centre: Child | null = null;

  static async open({ programs, random, smallDisks, centreMegabytes = 64 }: WorldOptions): Promise<World> {
    const broker = await startBroker(programs);
    const nodeNetwork = await FaultyProxy.open(broker.port, random);
    const centreNetwork = await FaultyProxy.open(broker.port, random);
    const mounts = smallDisks && canMount();
    const places = [place(mounts ? nodeMegabytes : null), place(mounts ? centreMegabytes : null)] as const;
    return new World(programs, places, broker, nodeNetwork, centreNetwork);
  }

  private constructor(
    programs: string,
    places: readonly [Place, Place],
    readonly broker: Broker,
    readonly nodeNetwork: FaultyProxy,
    readonly centreNetwork: FaultyProxy,
  ) {
    this.#programs = programs;
    [this.#outbox, this.#store] = places;
  }

  get node(): Child {
    if (this.#node === null) throw new Error('the node does not run');
    return this.#node;
  }

  get centre(): Child {
    if (this.#centre === null) throw new Error('the centre does not run');
    return this.#centre;
  }

  get centreRuns(): boolean {
    return this.#centre !== null;
  }

  get nodeRuns(): boolean {
    return this.#node !== null;
  }

  get nodeDisk(): SmallDisk | null {
    return this.#outbox.disk;
  }

  get centreDisk(): SmallDisk | null {
    return this.#store.disk;
  }

  async startNode(): Promise<void> {
    const outbox = join(this.#outbox.folder, 'outbox.sqlite');
    this.#node = await this.#start('node', { url: url(this.nodeNetwork), outbox }, (words) =>
      this.ledger.hearNode(words),
    );
  }

  async startCentre(): Promise<void> {
    const store = join(this.#store.folder, 'hits.sqlite');
    this.#centre = await this.#start('centre', { url: url(this.centreNetwork), store }, (words) =>
      this.ledger.hearCentre(words),
    );
  }

  async killNode(): Promise<void> {
    const node = this.#node;
    this.#node = null;
    await node?.kill();
  }

  async killCentre(): Promise<void> {
    const centre = this.#centre;
    this.#centre = null;
    await centre?.kill();
  }

  async close(): Promise<void> {
    await this.killNode();
    await this.killCentre();
    await this.nodeNetwork.close();
    await this.centreNetwork.close();
    await this.broker.close();
    this.#outbox.close();
    this.#store.close();
  }

  #start(name: 'node' | 'centre', settings: Words, hear: (words: Words) => void): Promise<Child> {
    return Child.start(programFile(this.#programs, name), settings, hear);
  }
}

function url(network: FaultyProxy): string {
  return `mqtt://127.0.0.1:${network.port}`;
}

/** In memory where there is such a place: a killed process loses nothing of what the kernel holds, wherever that is. */
function place(megabytes: number | null): Place {
  if (megabytes !== null) {
    const disk = mountSmallDisk(megabytes);
    return { folder: disk.folder, disk, close: () => disk.close() };
  }
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hazeldonk-faults-'));
  return { folder, disk: null, close: () => rmSync(folder, { recursive: true, force: true }) };
}
