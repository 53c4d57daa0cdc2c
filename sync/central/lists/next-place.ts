import { Fault } from '../../../config/foundation/fault.ts';
import type { VersionPlace } from './build-list.ts';
import type { BuildRequest } from './build-list-folder.ts';
import { departedHolders } from './key-holders.ts';
import { newListKey } from './list-folder.ts';

/** Where a list's next version stands, and under which key. */
export interface NextPlace {
  readonly place: VersionPlace;
  readonly listKey: Buffer;
  /** Why the key is new; null when it stays. */
  readonly keyRotated: string | null;
}

type Request = Pick<BuildRequest, 'description' | 'folder' | 'nowMs' | 'rotateKey' | 'revive' | 'nodeKeys'>;

/**
 * Versions only grow. A key is never used again once it was given up with a revocation, or once somebody holds it who may not
 * have it any more. Throws `list/revoked` for a list that was ended, unless it is to be revived.
 */
export async function nextPlace(request: Request): Promise<NextPlace> {
  const { description, folder, nowMs } = request;
  const before = folder.manifest();
  if (before === null) {
    const place = { generation: 1, version: 1, predecessor: null, issuedMs: nowMs };
    return { place, listKey: newListKey(), keyRotated: 'the list is new' };
  }
  if (before.authority !== description.authority || before.list !== description.list) {
    const there = `${before.authority}/${before.list}`;
    throw new Fault('list-folder/other-list', `${folder.path} holds the list ${there}; give each list its own folder`);
  }
  if (before.state === 'revoked' && request.revive !== true) {
    const when = before.issued.slice(0, 10);
    throw new Fault(
      'list/revoked',
      `${before.authority}/${before.list} was revoked on ${when} (${before.reason}); --revive begins it anew, under a new list key`,
    );
  }
  const published = folder.published();
  const predecessor = published === null ? null : { version: published.manifest.version, sha256: published.sha256 };
  const keyRotated = await whyRotate(request, before.state === 'revoked');
  const generation = before.generation + (keyRotated === null ? 0 : 1);
  return {
    place: { generation, version: before.version + 1, predecessor, issuedMs: nowMs },
    listKey: keyRotated === null ? folder.listKey() : newListKey(),
    keyRotated,
  };
}

async function whyRotate(
  { description, folder, rotateKey, nodeKeys }: Request,
  revived: boolean,
): Promise<string | null> {
  if (revived) return 'the list was revoked';
  if (rotateKey === true) return 'as asked';
  const departed = await departedHolders(folder, description.area, nodeKeys);
  if (departed.length === 0) return null;
  return `${departed.join(', ')} held the key and may not have it any more`;
}
