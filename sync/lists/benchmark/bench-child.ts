import { once } from 'node:events';
import { runBenchFleet } from './bench-fleet.ts';
import type { BenchRole, FromChild } from './bench-messages.ts';
import { runBenchNode } from './bench-node.ts';

/** The benchmark's processes: one program, so that there is one file to find. */
const [role] = (await once(process, 'message')) as [BenchRole];
const tell = (message: FromChild): void => void process.send?.(message);
await (role.role === 'node' ? runBenchNode(role, tell) : runBenchFleet(role, tell));
