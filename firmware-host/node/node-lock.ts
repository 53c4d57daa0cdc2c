/** In a node's data folder, the file that is held for as long as a node runs on it. */
export const NODE_LOCK = 'node.lock';
