import type { Command } from 'commander';
import { Fault } from '../../../config/foundation/fault.ts';
import type { MqttLinkOptions } from '../../broker/mqtt-link.ts';

/** What the options below parse to. */
export interface BrokerOptions {
  readonly broker: string;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly usernameFile?: string;
  readonly passwordFile?: string;
}

/** Gives a command the options that reach a broker, the same for every command. */
export function addBrokerOptions(command: Command, { required = true } = {}): Command {
  const broker = ['--broker <url>', 'broker to connect to, mqtt://HOST:PORT or mqtts://HOST:PORT'] as const;
  return (required ? command.requiredOption(...broker) : command.option(...broker))
    .option('--ca <file>', 'certificate authority of the broker (PEM)')
    .option('--certificate <file>', 'own certificate (PEM)')
    .option('--key <file>', 'private key of the certificate (PEM)')
    .option('--username-file <file>', 'file that holds the user name')
    .option('--password-file <file>', 'file that holds the password');
}

/** The same in the words of MqttLink. Throws `broker/bad-address`. */
export function brokerLinkOptions(options: BrokerOptions): MqttLinkOptions {
  const protocol = URL.canParse(options.broker) ? new URL(options.broker).protocol : '';
  if (protocol !== 'mqtt:' && protocol !== 'mqtts:')
    throw new Fault(
      'broker/bad-address',
      `${options.broker} is no broker's address; it must begin with mqtt:// or mqtts://`,
    );
  return {
    url: options.broker,
    caFile: options.ca,
    certificateFile: options.certificate,
    keyFile: options.key,
    usernameFile: options.usernameFile,
    passwordFile: options.passwordFile,
  };
}
