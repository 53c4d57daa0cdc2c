import { endingCertificate } from '../../uplink/health.ts';
import type { FleetList, FleetNode } from './fleet-board.ts';

/** The fleet as a table: a line for each list of each node, the node's own words only on its first; `manifests` as the board counts. */
export function fleetTable(nodes: readonly FleetNode[], manifests: number): string {
  const header = ['node', 'site', 'is', 'heard', 'list', 'version', 'late', ''];
  const rows = nodes.flatMap((node) => {
    const lists = node.lists.length === 0 ? [null] : node.lists;
    return lists.map((list, at) => [...(at === 0 ? nodeCells(node) : ['', '', '', '']), ...listCells(node, list, at)]);
  });
  return [...columns([header, ...rows]), fleetSummary(nodes, manifests)].join('\n');
}

/** One line: how many nodes are there, and how many are late with something, as far as that is known. */
export function fleetSummary(nodes: readonly FleetNode[], manifests: number): string {
  const states = ['online', 'stopped', 'lost', 'never seen'] as const;
  const counts = states.map((state) => [state, nodes.filter((node) => node.presence === state).length] as const);
  const said = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  const late = nodes.filter((node) => node.lists.some((list) => list.lateSeconds !== null)).length;
  const refusing = nodes.filter((node) => node.lists.some((list) => list.refused !== null)).length;
  const ending = nodes.filter((node) => endingCertificate(node.certificateDays) !== null).length;
  const worries = [
    ...(manifests === 0 ? ['no manifest could be read, so who is late is not known'] : []),
    ...(late > 0 ? [`${late} late`] : []),
    ...(refusing > 0 ? [`${refusing} refusing something`] : []),
    ...(ending > 0 ? [`${ending} in need of a new certificate`] : []),
  ];
  if (nodes.length === 0) return 'no node has spoken at this broker yet';
  return `${nodes.length} nodes: ${[...said, ...(worries.length > 0 ? worries : ['all up to date'])].join(', ')}`;
}

function nodeCells(node: FleetNode): string[] {
  return [
    node.node,
    node.site ?? '',
    node.presence,
    node.heardSecondsAgo === null ? '' : `${spanText(node.heardSecondsAgo)} ago`,
  ];
}

function listCells(node: FleetNode, list: FleetList | null, at: number): string[] {
  const notes = [
    ...(at === 0 && node.inhibited !== null ? [node.inhibited] : []),
    ...(at === 0 && node.stranger === true ? ['not of this fleet'] : []),
    ...(at === 0 ? certificateNotes(node) : []),
    ...(list !== null && list.state !== 'valid' ? [list.state] : []),
    ...(list !== null && list.refused !== null ? [`refused: ${list.refused.code} (${list.refused.count})`] : []),
  ];
  if (list === null) return ['', '', '', notes.join(', ')];
  return [list.list, versionText(list), lateText(list), notes.join(', ')];
}

/** Nothing while the node's certificate has time. */
export function certificateNotes({ certificateDays }: FleetNode): readonly string[] {
  const days = endingCertificate(certificateDays);
  if (days === null) return [];
  return [days < 0 ? 'certificate has ended' : `certificate ends in ${days} days`];
}

/** Counted from when a version was built, lateness is more than it is in truth. */
function lateText({ lateSeconds, lateSince }: FleetList): string {
  if (lateSeconds === null) return '';
  return lateSince === 'published' ? spanText(lateSeconds) : `up to ${spanText(lateSeconds)}`;
}

function versionText({ version, published }: FleetList): string {
  const held = version === null ? 'none' : String(version);
  return published === null || published === version ? held : `${held} of ${published}`;
}

/** A span as people say it; a technician needs no seconds of an hour. */
export function spanText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
