import { stringify } from 'yaml';
import { z } from 'zod';
import { type WireChannel, wireChannels, wireParameters } from './wire-channels.ts';
import { insideMessages, type WireMessage, wireMessages } from './wire-messages.ts';

/** Of the wire, not of the program: it grows when a message or a topic changes. */
export const wireVersion = '1.2.0';

/**
 * The contract of the wire as files by their names: an AsyncAPI 3 document, whole in itself, and each message's JSON Schema
 * (draft 7, which AsyncAPI and most validators speak). All of it comes from the schemas with which the programs read.
 */
export function contractFiles(): ReadonlyMap<string, string> {
  const schemas = contractSchemas();
  const files = new Map([
    ['asyncapi.yaml', stringify(asyncApi(schemas), { lineWidth: 120, aliasDuplicateObjects: false })],
  ]);
  for (const [name, schema] of Object.entries(schemas)) {
    const standing = { $schema: 'http://json-schema.org/draft-07/schema#', ...schema };
    files.set(`schemas/${name}.json`, `${JSON.stringify(standing, null, 2)}\n`);
  }
  return files;
}

/** JSON Schemas by name: of what stands on the wire, and of what is inside signed messages. */
export function contractSchemas(): Readonly<Record<string, Record<string, unknown>>> {
  const onWire = Object.entries<WireMessage>(wireMessages).flatMap(([name, { schema }]) =>
    schema ? [[name, schema] as const] : [],
  );
  const inside = Object.entries(insideMessages).map(([name, { schema }]) => [name, schema] as const);
  return Object.fromEntries([...onWire, ...inside].map(([name, schema]) => [capital(name), jsonSchemaOf(schema)]));
}

/** `input`: newer programs may say more than this version knows, and a reader passes over that. */
function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', reused: 'inline' });
  return rest;
}

function asyncApi(schemas: Readonly<Record<string, Record<string, unknown>>>): object {
  const messages = Object.entries<WireMessage>(wireMessages).map(([name, message]) => [name, messageOf(name, message)]);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Hazeldonk: ANPR nodes and their centre',
      version: wireVersion,
      description:
        'What a roadside node and a centre say to each other over an MQTT broker (protocol 3.1.1 suffices). The operations are those of a node; a centre does the reverse.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: 'broker.anpr.example:8883',
        protocol: 'secure-mqtt',
        protocolVersion: '3.1.1',
        description: 'TLS 1.2 or later with client certificates; the common name is the id of the node.',
        security: [{ $ref: '#/components/securitySchemes/certificate' }],
      },
    },
    channels: Object.fromEntries(Object.entries(wireChannels).map(([name, one]) => [name, channelOf(one)])),
    operations: Object.fromEntries(Object.entries(wireChannels).map(([name, one]) => operationOf(name, one))),
    components: {
      messages: Object.fromEntries(messages),
      schemas,
      securitySchemes: { certificate: { type: 'X509', description: 'A client certificate, verified by the broker.' } },
    },
  };
}

function messageOf(name: string, { title, contentType, description, mostBytes, schema }: WireMessage): object {
  return {
    title,
    contentType,
    description,
    ...(schema && { payload: { $ref: `#/components/schemas/${capital(name)}` } }),
    'x-most-bytes': mostBytes,
    ...(name.endsWith('Hit') && {
      'x-signed-content': Object.keys(insideMessages).map((inside) => ({ $ref: `#/components/schemas/${inside}` })),
    }),
  };
}

function channelOf({ address, description, messages }: WireChannel): object {
  const parameters = [...address.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
    name,
    { description: wireParameters[name] ?? '' },
  ]);
  return {
    address,
    description,
    ...(parameters.length > 0 && { parameters: Object.fromEntries(parameters) }),
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  };
}

function operationOf(name: string, { node, messages, qos, retained, description }: WireChannel): [string, object] {
  return [
    `${node}${capital(name)}`,
    {
      action: node,
      summary: description,
      channel: { $ref: `#/channels/${name}` },
      messages: messages.map((message) => ({ $ref: `#/channels/${name}/messages/${message}` })),
      bindings: { mqtt: { qos, retain: retained, bindingVersion: '0.2.0' } },
    },
  ];
}

function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
