import { uuidV7 } from '../../config/foundation/uuid-v7.ts';
import type { BrokerLink } from '../broker/broker-link.ts';
import { topics } from '../broker/topics.ts';
import { encodeMessage } from '../uplink/cloud-event.ts';
import { type Receipt, receiptType } from '../uplink/hit.ts';

/** A receipt that gets lost costs one resend: it is not worth waiting for. */
export function sendReceipt(link: BrokerLink, node: string, data: Receipt['data'], nowMs: number): void {
  const receipt: Receipt = {
    specversion: '1.0',
    id: uuidV7(nowMs),
    source: '/centre',
    type: receiptType,
    time: new Date(nowMs).toISOString(),
    datacontenttype: 'application/json',
    data,
  };
  void link.publish(topics.receipts(node), encodeMessage(receipt), { qos: 1, deadlineMs: 10_000 });
}
