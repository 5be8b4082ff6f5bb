import { DatabaseSync } from 'node:sqlite';
import express from 'express';
import { newOrder } from '../src/api/schemas.ts';

// The floor: the least that a durable order service on this stack could do. Bare Express 5, the same zod schema, and
// one row per request; requests that wait at one moment commit in one `synchronous=FULL` transaction.

const [file, port] = process.argv.slice(2);
const db = new DatabaseSync(String(file));
db.exec(
  'pragma journal_mode = wal; pragma synchronous = full; create table orders (id integer primary key, body text)',
);
const insert = db.prepare('insert into orders (body) values (?)');

let waiting: { body: string; done: () => void }[] = [];

const commit = (): void => {
  const batch = waiting;
  waiting = [];
  db.exec('begin immediate');
  for (const { body } of batch) insert.run(body);
  db.exec('commit');
  for (const { done } of batch) done();
};

const app = express();
app.use(express.json());
app.post('/v1/orders', (request, response) => {
  const order = newOrder.parse(request.body);
  if (waiting.length === 0) setImmediate(commit);
  waiting.push({ body: JSON.stringify(order), done: () => response.status(201).json(order) });
});
app.listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
