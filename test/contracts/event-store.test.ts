import { existsSync } from 'node:fs';
import { GenericContainer, Wait } from 'testcontainers';
import { afterAll, beforeAll, describe } from 'vitest';
import { createEventStoreDbEventStore } from '../../src/event-store/eventstoredb.ts';
import { eventStoreContract } from './event-store.ts';
import { reopened } from './reopened.ts';

// `npm run test:contracts`: the contract of event logs against a real server, the one that EVENT_STORE_URL names or one
// in a container. It writes to streams of its own (`test…`), and what it wrote stays: an event log forgets nothing. The
// service passes over them, and so do `verify` and `migrate`.

/** As EventStoreDB's documentation and samples of 24.10 name it, and as the compose files run it. */
const IMAGE = 'docker.eventstore.com/eventstore/eventstoredb-ee:24.10';
const PORT = 2113;
const PULL_MS = 300_000;

const given = process.env.EVENT_STORE_URL ?? '';
const named = /^esdb(?:\+discover)?:/.test(given) ? given : null;
// Unit tests must not fetch images on whatever machine happens to have Docker.
const asked = process.env.npm_lifecycle_event === 'test:contracts';
const hasDocker = process.env.DOCKER_HOST !== undefined || existsSync('/var/run/docker.sock');
const title = named !== null ? 'EVENT_STORE_URL' : asked && hasDocker ? IMAGE : 'no EVENT_STORE_URL, no Docker';

describe.skipIf(named === null && !(asked && hasDocker))(`EventStoreDB (${title})`, () => {
  let url = named ?? '';
  let stop = async (): Promise<unknown> => undefined;

  beforeAll(async () => {
    if (named !== null) return;
    const container = await new GenericContainer(IMAGE)
      .withEnvironment({
        EVENTSTORE_CLUSTER_SIZE: '1',
        EVENTSTORE_INSECURE: 'true',
        EVENTSTORE_RUN_PROJECTIONS: 'None',
      })
      .withExposedPorts(PORT)
      .withWaitStrategy(Wait.forHttp('/health/live', PORT).forStatusCode(204))
      .start();
    stop = () => container.stop();
    url = `esdb://${container.getHost()}:${container.getMappedPort(PORT)}?tls=false`;
  }, PULL_MS);

  afterAll(() => stop());

  eventStoreContract('EventStoreDB', async () => reopened(() => createEventStoreDbEventStore({ url })));
});
