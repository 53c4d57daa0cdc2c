import { ListFolder } from '../lists/list-folder.ts';

/** When versions first reached the broker that is looked at, by the hash of their manifests; where that is not known they are not named. */
export type PublicationTimes = ReadonlyMap<string, number>;

/** What lists' folders at the centre know of the versions that they brought to a broker last. Throws `list-folder/...` for a folder that holds no list. */
export function publicationTimes(folders: readonly string[], broker: string): PublicationTimes {
  const times = new Map<string, number>();
  for (const path of folders) {
    const folder = new ListFolder(path);
    folder.builtManifest();
    const first = folder.firstPublications.at(broker);
    if (first !== null) times.set(first.sha256, first.ms);
  }
  return times;
}
