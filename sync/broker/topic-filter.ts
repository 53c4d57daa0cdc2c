/**
 * Whether an MQTT topic falls under a filter (`+` one level, a last `#` the rest), as section 4.7 of MQTT 3.1.1 defines.
 * `$share/GROUP/FILTER` (section 4.8 of MQTT 5, which Mosquitto and EMQX also grant to 3.1.1 clients) matches what its filter does.
 */
export function topicMatches(filter: string, topic: string): boolean {
  const shared = /^\$share\/[^/]+\/(.+)$/s.exec(filter)?.[1];
  if (shared !== undefined) return topicMatches(shared, topic);
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && !filter.startsWith('$')) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length) return false;
    if (level !== '+' && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}

/** Whether a text may be published to: not empty, no wildcard, no NUL, at most 65,535 bytes. */
export function isTopicName(topic: string): boolean {
  return topic.length > 0 && !/[+#\0]/.test(topic) && Buffer.byteLength(topic) <= 65_535;
}

/** The filter under which the members of a group share messages: each comes to one of them. */
export function sharedFilter(group: string, filter: string): string {
  return `$share/${group}/${filter}`;
}
