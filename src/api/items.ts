import { z } from 'zod';
import type { CommandContext, Executed } from '../application/execute.ts';
import type { Service } from '../application/service.ts';
import { type Item, type ItemEvent, itemStream, type KnownItem } from '../domain/item.ts';
import { pageOf } from './answers.ts';
import { etagOf, expectedVersions } from './etag.ts';
import { itemAnswer, itemBatchAnswer } from './policy-answers.ts';
import { planners, policyReaders } from './policy-replies.ts';
import { itemFacts, itemSchema } from './policy-schema.ts';
import { ApiProblem } from './problem.ts';
import { listPage } from './reading.ts';
import { type Reply, type Route, route } from './route.ts';
import { page } from './schemas.ts';
import { skuParams } from './stock.ts';

const MOST_ITEMS = 1_000;
const tag = 'Items';
const answers = { 200: { description: 'The item.', schema: itemAnswer } };

const itemBatch = z.strictObject({
  items: z
    .array(itemSchema)
    .min(1)
    .max(MOST_ITEMS)
    .refine((items) => new Set(items.map((item) => item.sku)).size === items.length, 'must not name a SKU twice'),
});

type Loaded = { readonly state: KnownItem; readonly version: number; readonly position: string | null };

const itemReply = (status: number, { state, version, position }: Loaded): Reply => ({
  status,
  body: { ...state.item, version, position },
  headers: { ETag: etagOf(version) },
});

const defineAll = (
  { items, directory }: Service,
  batch: readonly Item[],
  context: CommandContext,
): Promise<readonly Executed<KnownItem, ItemEvent>[]> =>
  Promise.all(
    batch.map((item) =>
      items.execute(itemStream(item.sku), { type: 'DefineItem', data: item }, context, {
        assumeNew: directory.item(item.sku) === undefined,
      }),
    ),
  );

export const items: readonly Route[] = [
  route({
    method: 'put',
    path: '/v1/items/{sku}',
    tag,
    summary: 'Introduce an item, or change what is known of it',
    description:
      'Weight in grams. All of it is replaced. Stock and orders need no item: it tells sourcing weight and groups.',
    roles: planners,
    params: skuParams,
    body: itemFacts,
    requestHeaders: { 'If-Match': 'Change only this version.', 'If-None-Match': '`*`: introduce only, do not change.' },
    answers: { ...answers, 201: { description: 'Introduced.', schema: itemAnswer } },
    handle: async (call) => {
      const { sku } = call.params;
      const executed = await call.service.items.execute(
        itemStream(sku),
        { type: 'DefineItem', data: { sku, ...call.body } },
        call.context(),
        { expectedVersions: expectedVersions(call.header('if-match'), call.header('if-none-match')) },
      );
      await call.wrote(executed.position);
      return itemReply(executed.events[0]?.type === 'ItemIntroduced' ? 201 : 200, executed);
    },
  }),
  route({
    method: 'post',
    path: '/v1/items',
    tag,
    summary: 'Introduce or change up to 1,000 items',
    description: 'Each one is replaced as by PUT, for itself: should the request fail on our side, send it again.',
    roles: planners,
    body: itemBatch,
    answers: { 200: { description: 'How many of them were new, changed, and so already.', schema: itemBatchAnswer } },
    handle: async (call) => {
      const executed = await defineAll(call.service, call.body.items, call.context());
      const types = executed.map(({ events }) => events[0]?.type);
      const count = (type: ItemEvent['type'] | undefined): number => types.filter((one) => one === type).length;
      const position = executed.reduce((most, one) => ((one.position ?? '') > most ? (one.position ?? '') : most), '');
      await call.wrote(position);
      const counts = {
        introduced: count('ItemIntroduced'),
        changed: count('ItemChanged'),
        unchanged: count(undefined),
      };
      return { status: 200, body: { ...counts, position }, headers: { Location: '/v1/items' } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/items/{sku}',
    tag,
    summary: 'Read an item',
    roles: policyReaders,
    params: skuParams,
    answers,
    handle: async (call) => {
      const loaded = await call.service.items.load(itemStream(call.params.sku));
      if (loaded.state.item === null) throw new ApiProblem('not-found');
      return itemReply(200, loaded);
    },
  }),
  route({
    method: 'get',
    path: '/v1/items',
    tag,
    summary: 'List items, by SKU',
    roles: policyReaders,
    query: z.strictObject(page),
    answers: { 200: { description: 'A page of items.', schema: pageOf(itemSchema) } },
    handle: (call) => listPage(call, { name: 'items', item: ({ body }) => body }),
  }),
];
