import type { NodeFacts } from '../health/node-facts.ts';

/**
 * All that the console may see of the node. It has no member that could give a plate of the road or an entry of a
 * list: what the console has no access to, no command, mistake or intruder can show.
 */
export interface Diagnostics {
  facts(): NodeFacts;
}
