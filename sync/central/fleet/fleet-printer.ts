import type { FleetBoard, FleetNode } from './fleet-board.ts';
import { certificateNotes, fleetTable } from './fleet-table.ts';

export interface FleetPrinterOptions {
  readonly board: FleetBoard;
  readonly write: (text: string) => void;
  /** `table` is drawn anew in place; `lines` and `json` say only what changed. */
  readonly form: 'table' | 'lines' | 'json';
  /** Lines that the terminal can show; a longer table is cut, since what scrolled away cannot be drawn anew. */
  readonly rows: number;
  readonly now?: () => number;
}

const home = '\x1b[H';
const restOfLine = '\x1b[K';
const restOfScreen = '\x1b[J';

/** Shows a fleet as it changes. */
export class FleetPrinter {
  readonly #options: FleetPrinterOptions;
  readonly #said = new Map<string, string>();

  constructor(options: FleetPrinterOptions) {
    this.#options = options;
  }

  show(): void {
    const { board, form, write, now = Date.now } = this.#options;
    const nodes = board.nodes(now());
    if (form === 'table') write(this.#screen(fleetTable(nodes, board.manifests)));
    else for (const node of nodes) this.#say(node, form);
  }

  #screen(table: string): string {
    const lines = table.split('\n');
    const room = Math.max(2, this.#options.rows - 1);
    const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), lines.at(-1) ?? ''];
    return `${home}${shown.map((line) => `${line}${restOfLine}\n`).join('')}${restOfScreen}`;
  }

  #say(node: FleetNode, form: 'lines' | 'json'): void {
    const state = JSON.stringify(lasting(node));
    if (this.#said.get(node.node) === state) return;
    this.#said.set(node.node, state);
    const { write } = this.#options;
    write(form === 'json' ? `${JSON.stringify(node)}\n` : `${lineOf(node)}\n`);
  }
}

/** Without what changes by itself as time goes by. */
function lasting(node: FleetNode): unknown {
  const lists = node.lists.map((list) => ({ ...list, lateSeconds: list.lateSeconds !== null }));
  return { ...node, heardSecondsAgo: null, certificateDays: certificateNotes(node).length > 0, lists };
}

function lineOf(node: FleetNode): string {
  const lists = node.lists.map(({ list, version, published, state, refused }) => {
    const held =
      version === published || published === null ? `${version ?? 'none'}` : `${version ?? 'none'} of ${published}`;
    const notes = [...(state === 'valid' ? [] : [state]), ...(refused === null ? [] : [`refused ${refused.code}`])];
    return `${list}=${[held, ...notes].join(' ')}`;
  });
  return [node.node, node.presence, ...certificateNotes(node), ...lists].join('  ');
}
