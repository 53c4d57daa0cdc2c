import { z } from 'zod';

/** Where a node stands; its settings say so. */
export interface NodePlace {
  readonly id: string;
  readonly site: string;
  readonly country: string;
}

const names = z.array(z.string().min(1).max(64)).max(1000);

/** The nodes a list or an entry is for: those whose id, site or country is named. No area means all nodes. */
export const areaSchema = z
  .strictObject({ nodes: names.optional(), sites: names.optional(), countries: names.optional() })
  .readonly();
export type Area = z.infer<typeof areaSchema>;

/** Whether an area names countries as nodes do (NL, BE, FR, LU), and not as plates do (B): such an area would reach nobody. */
export function namesNodesCountries(area: Area | null): boolean {
  return area?.countries?.every((country) => /^[A-Z]{2}$/.test(country)) ?? true;
}

/** Whether a node is inside an area. */
export function isInside(area: Area | null | undefined, node: NodePlace): boolean {
  if (area === null || area === undefined) return true;
  return (
    (area.nodes?.includes(node.id) ?? false) ||
    (area.sites?.includes(node.site) ?? false) ||
    (area.countries?.includes(node.country) ?? false)
  );
}

/** Reads `node:a1 site:hazeldonk country:NL`; null when it is not of that form. */
export function parseArea(text: string): Area | null {
  const area: Record<'nodes' | 'sites' | 'countries', string[]> = { nodes: [], sites: [], countries: [] };
  for (const word of text.trim().split(/[\s;]+/)) {
    const match = /^(node|site|country):(\S{1,64})$/.exec(word);
    if (match === null) return null;
    const [, kind, name = ''] = match;
    area[kind === 'node' ? 'nodes' : kind === 'site' ? 'sites' : 'countries'].push(name);
  }
  const filled = Object.entries(area).filter(([, list]) => list.length > 0);
  return areaSchema.parse(Object.fromEntries(filled));
}
