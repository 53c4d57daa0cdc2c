import { ListFolder } from '../lists/list-folder.ts';

/** When versions first reached a broker, by the hash of their manifests; where that is not known they are not named. */
export type PublicationTimes = ReadonlyMap<string, number>;

/** What lists' folders at the centre say of the versions published last. Throws `list-folder/...` for a folder that holds no list. */
export function publicationTimes(folders: readonly string[]): PublicationTimes {
  const times = new Map<string, number>();
  for (const path of folders) {
    const folder = new ListFolder(path);
    folder.builtManifest();
    const first = folder.firstPublication();
    if (first !== null) times.set(first.sha256, first.ms);
  }
  return times;
}
