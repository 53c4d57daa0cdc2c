import { brokerLinkContract } from './broker-link.contract.ts';
import { MemoryBroker } from './memory-link.ts';

brokerLinkContract('in memory', async () => {
  const broker = new MemoryBroker();
  return {
    link: async () => broker.link(),
    sever: async () => broker.sever(),
    restore: async () => broker.restore(),
    close: async () => undefined,
  };
});
