import { z } from 'zod';
import { Fault } from '../../../config/foundation/fault.ts';
import { problemText, readYamlFile } from '../../../config/yaml/read-yaml.ts';
import { identifier, printable } from '../../uplink/cloud-event.ts';

const placeSchema = z.strictObject({
  latitude: z.number().min(-90).max(90).describe('degrees north, WGS 84'),
  longitude: z.number().min(-180).max(180).describe('degrees east, WGS 84'),
  title: printable.optional().describe('what officers call the place'),
});
export type Place = z.infer<typeof placeSchema>;
export type NodePlaces = ReadonlyMap<string, Place>;

const fileSchema = z.strictObject({ nodes: z.record(identifier, placeSchema) });

/** Where nodes stand, for the map: `nodes:` with an id, latitude and longitude each (YAML). Throws `web/bad-places`. */
export function readNodePlaces(path: string): NodePlaces {
  const outcome = readYamlFile(path, fileSchema);
  if (outcome.problems === null) return new Map(Object.entries(outcome.value.nodes));
  throw new Fault('web/bad-places', outcome.problems.map((problem) => problemText(path, problem)).join('\n'));
}
