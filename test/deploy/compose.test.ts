import { existsSync, readFileSync, statSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { targetOf } from '../../src/event-store/eventstoredb-url.ts';
import { createMongoReadStore } from '../../src/projections/mongodb.ts';
import { interpolated, networksOf, ROOT, readCompose, readText, type Service, variablesIn } from './compose-file.ts';

const FILES = ['docker-compose.yml', 'compose.cluster.yml'];
const OPERATIONS = 'docs/operations.md';
const SETTINGS = /z\.object\(\{([\s\S]*?)\n\}\);/.exec(readText('src/config.ts'))?.[1] ?? '';
const knownSettings = new Set([...SETTINGS.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name));

it('every setting of the service is explained where it is first met', () => {
  expect(knownSettings).toContain('DRAIN_MS');
  for (const name of knownSettings) expect(readText('README.md')).toContain(`\n| \`${name}\` |`);
});

describe.each(FILES)('%s', (file) => {
  const compose = readCompose(file);
  const services = Object.entries(compose.services);
  const nodes = services.filter(([, { build }]) => build !== undefined);
  const environmentOf = ({ environment = {} }: Service): Record<string, string> =>
    Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolated(value)]));
  /** The volume or file before the first colon. */
  const sourcesOf = ({ volumes = [] }: Service): readonly string[] =>
    volumes.map((volume) => volume.split(':')[0] ?? '');

  it('runs at least two API nodes and a worker', () => {
    const roles = nodes.map(([, { environment }]) => environment?.ROLE);
    expect(roles.filter((role) => role === 'api').length).toBeGreaterThanOrEqual(2);
    expect(roles).toContain('worker');
  });

  it.each(nodes)('gives %s settings that the service knows and can start with', (_, node) => {
    const environment = environmentOf(node);
    for (const name of Object.keys(environment)) expect(knownSettings).toContain(name);
    // What the image sets.
    const config = readConfig({ HOST: '0.0.0.0', PORT: '3000', ...environment });
    expect(config).toMatchObject({ port: 3000, eventStoreUrl: expect.any(String), readStoreUrl: expect.any(String) });
  });

  it.each(nodes)('gives %s addresses that the drivers understand, of services there are', async (_, node) => {
    const { EVENT_STORE_URL = '', READ_STORE_URL = '' } = environmentOf(node);
    const target = targetOf(EVENT_STORE_URL.replace(/&tlsCAFile=[^&]*/, ''));
    for (const { address, port } of target.endpoints)
      expect([compose.services[address] !== undefined, port]).toEqual([true, 2113]);
    await createMongoReadStore({ url: READ_STORE_URL }).close();
    const [, hosts = ''] = /@([^/]+)\/sourcefold\?/.exec(READ_STORE_URL) ?? [];
    expect(hosts).not.toBe('');
    for (const host of hosts.split(',')) expect(compose.services[host.split(':')[0] ?? '']).toBeDefined();
  });

  it.each(nodes)('runs %s without rights that it does not need', (_, node) => {
    expect(node).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'], init: true });
    expect(node.security_opt).toContain('no-new-privileges:true');
    expect(node.user).toBeUndefined();
  });

  it.each(nodes)('starts %s once its stores are well, and gives it time to end what it began', (_, node) => {
    const awaited = Object.entries(node.depends_on ?? {});
    expect(awaited.map(([name]) => name)).toContain('mongodb-replica-set');
    expect(awaited.some(([name]) => name.startsWith('eventstoredb'))).toBe(true);
    expect(node.stop_grace_period).toBe('30s');
  });

  it('has no default for a secret, and says how to make one', () => {
    const text = readText(file);
    for (const [, name, rest] of text.matchAll(/\$\{([A-Z0-9_]*(?:KEY|PASSWORD))([^}]*)\}/g)) {
      expect([name, rest]).toEqual([name, expect.stringMatching(/^:\?set it to a secret .*openssl rand -hex 24/)]);
    }
    expect(text).toContain('${ADMIN_API_KEY:?');
  });

  it('quotes in lists what other readers of YAML than ours take for a sign', () => {
    for (const [list] of readText(file).matchAll(/(?<=: )\[.*\]$/gm)) {
      expect(list.replaceAll(/"[^"]*"/g, '')).not.toMatch(/[?{}*&!|>%@#]/);
    }
  });

  it('says of every variable what it is for', () => {
    for (const name of variablesIn(readText(file))) expect(readText(OPERATIONS)).toContain(`\`${name}\``);
  });

  it('names networks, volumes, files and services that exist, and uses each volume', () => {
    const used = new Set<string>();
    for (const [name, one] of services) {
      for (const network of networksOf(one)) expect(compose.networks).toHaveProperty(network);
      for (const awaited of Object.keys(one.depends_on ?? {}))
        expect([name, compose.services[awaited]]).not.toContain(undefined);
      for (const source of sourcesOf(one)) {
        if (source.startsWith('./')) expect([source, existsSync(`${ROOT}${source}`)]).toEqual([source, true]);
        else used.add(source);
      }
    }
    expect([...used].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('waits only for health that is checked, and only for the end of what ends', () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [awaited, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, restart, build } = compose.services[awaited] ?? {};
        if (condition === 'service_healthy') expect([awaited, healthcheck ?? build]).not.toContain(undefined);
        else expect([awaited, restart]).toEqual([awaited, expect.stringMatching(/^(no|on-failure)$/)]);
      }
    }
  });

  it('starts again by itself whatever keeps running', () => {
    const ends = ['certificates', 'mongodb-key', 'mongodb-replica-set'];
    for (const [name, { restart }] of services)
      if (!ends.includes(name)) expect([name, restart]).toEqual([name, 'unless-stopped']);
  });

  it('keeps the stores off every network that others reach', () => {
    const stores = services.filter(([name]) => /^(eventstoredb|mongodb)/.test(name) && name !== 'mongodb-key');
    expect(compose.networks.stores).toEqual({ internal: true });
    expect(compose.services['mongodb-key']).toMatchObject({ network_mode: 'none' });
    for (const [name, store] of stores)
      expect([name, store.ports, networksOf(store)]).toEqual([name, undefined, ['stores']]);
  });

  it('lets nobody into MongoDB without a password, and the nodes as a user of their own', () => {
    const members = services.filter(([name]) => /^mongodb(-\d)?$/.test(name));
    for (const [name, { command, volumes, depends_on }] of members) {
      expect([name, command]).toEqual([name, expect.arrayContaining(['--keyFile', '/key/replica-set.key'])]);
      expect(volumes).toContain('mongodb-key:/key:ro');
      expect(depends_on).toEqual({ 'mongodb-key': { condition: 'service_completed_successfully' } });
    }
    // Whoever else held something could not join.
    const makers = members.filter(([, { environment }]) => environment?.MONGO_INITDB_ROOT_USERNAME !== undefined);
    expect(makers.map(([name]) => name)).toEqual([members[0]?.[0]]);
    const root = makers[0]?.[1].environment?.MONGO_INITDB_ROOT_PASSWORD;
    const job = compose.services['mongodb-replica-set'];
    expect(job?.environment).toMatchObject({
      MEMBERS: members.map(([name]) => `${name}:27017`).join(','),
      MONGODB_ROOT_PASSWORD: root,
      MONGODB_PASSWORD: expect.stringMatching(/^\$\{MONGODB_PASSWORD:\?/),
    });
    expect(job?.command?.[2]).toContain(`//${members[0]?.[0]}:27017/`);
    for (const [, node] of nodes)
      expect(environmentOf(node).READ_STORE_URL).toMatch(
        /^mongodb:\/\/sourcefold:given-MONGODB_PASSWORD@.*authSource=admin$/,
      );
  });

  it('tells a member of a replica set from what the image starts before it', () => {
    for (const [, { healthcheck }] of services.filter(([name]) => /^mongodb(-\d)?$/.test(name))) {
      const script = healthcheck?.test.at(-1) ?? '';
      const quits = (hello: object): unknown[] => {
        const codes: unknown[] = [];
        runInNewContext(script, { db: { hello: () => hello }, quit: (code: number) => codes.push(code) });
        return codes;
      };
      expect(quits({ isWritablePrimary: true, ok: 1 })).toEqual([1]);
      expect(quits({ isreplicaset: true, ok: 1 })).toEqual([0]);
      expect(quits({ setName: 'rs0', ok: 1 })).toEqual([0]);
    }
  });

  it('keeps what a store holds in volumes of its own', () => {
    const stores = services.filter(([name]) => /^(eventstoredb|mongodb)(-\d)?$/.test(name));
    const kept = stores.map(([, store]) => sourcesOf(store).find((source) => source.endsWith('-data')));
    expect(kept).not.toContain(undefined);
    expect(new Set(kept).size).toBe(stores.length);
  });

  it('runs the stores that the contracts are run against', () => {
    const images = new Set(
      services.filter(([name]) => /^(eventstoredb|mongodb)/.test(name)).map(([, { image }]) => image),
    );
    const contracts = ['event-store', 'read-store'].map(
      (port) => /IMAGE = '([^']+)'/.exec(readText(`test/contracts/${port}.test.ts`))?.[1],
    );
    expect([...images].toSorted()).toEqual(contracts.toSorted());
  });

  it('publishes each port once', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports).map((port) => interpolated(port).split(':')[1]);
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describe('the cluster', () => {
  const { services } = readCompose('compose.cluster.yml');
  const members = Object.entries(services).filter(([name]) => /^eventstoredb-\d$/.test(name));

  it('has three members of each store, and two workers', () => {
    expect(members).toHaveLength(3);
    expect(Object.keys(services).filter((name) => /^mongodb-\d$/.test(name))).toHaveLength(3);
    expect(Object.keys(services).filter((name) => /^worker-\d$/.test(name))).toHaveLength(2);
    expect(services['mongodb-replica-set']?.environment?.MEMBERS?.split(',')).toEqual(
      [1, 2, 3].map((number) => `mongodb-${number}:27017`),
    );
  });

  it.each(members)(
    'lets %s find the two others, under the name in its certificate',
    (name, { environment = {}, volumes = [] }) => {
      const others = members.map(([other]) => other).filter((other) => other !== name);
      expect(environment).toMatchObject({
        EVENTSTORE_CLUSTER_SIZE: '3',
        EVENTSTORE_GOSSIP_SEED: others.map((other) => `${other}:2113`).join(','),
        EVENTSTORE_NODE_HOST_ADVERTISE_AS: name,
        EVENTSTORE_REPLICATION_HOST_ADVERTISE_AS: name,
      });
      expect(environment).not.toHaveProperty('EVENTSTORE_INSECURE');
      const certificates = name.replace('eventstoredb', 'certificates');
      expect(volumes).toContain(`${certificates}:/certificates:ro`);
      expect(services.certificates?.volumes).toContain(`${certificates}:/certificates/${name}`);
    },
  );

  it('shows the key of the authority to nobody but who makes certificates', () => {
    const holders = Object.entries(services).filter(([, { volumes = [] }]) =>
      volumes.some((volume) => volume.startsWith('authority-key:')),
    );
    expect(holders.map(([name]) => name)).toEqual(['certificates']);
  });
});

describe('the monitoring profile', () => {
  const { services } = readCompose('docker-compose.yml');

  it('starts only when it is asked for', () => {
    for (const name of ['prometheus', 'grafana']) expect(services[name]?.profiles).toEqual(['monitoring']);
    for (const [name, { profiles }] of Object.entries(services))
      if (!['prometheus', 'grafana'].includes(name)) expect(profiles).toBeUndefined();
  });

  it('finds every node by one name', () => {
    for (const [name, { networks, build }] of Object.entries(services)) {
      if (build === undefined || networks === undefined || Array.isArray(networks)) continue;
      expect([name, networks.front?.aliases]).toEqual([name, ['sourcefold-node']]);
    }
    expect(readText('deploy/prometheus/prometheus.yml')).toContain('names: [sourcefold-node]');
  });
});

describe('scripts for people with Docker', () => {
  it.each([
    'deploy/smoke.sh',
    'deploy/make-secrets.sh',
    'deploy/eventstoredb/make-certificates.sh',
    'deploy/mongodb/make-key.sh',
  ])('%s can be run, and stops at the first failure', (script) => {
    expect(statSync(`${ROOT}${script}`).mode & 0o111).not.toBe(0);
    expect(readFileSync(`${ROOT}${script}`, 'utf8')).toMatch(/^#!\/usr\/bin\/env bash\n[\s\S]*\nset -euo pipefail\n/);
  });
});
