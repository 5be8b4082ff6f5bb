import type { DatabaseSync } from 'node:sqlite';
import { damageIn } from './sqlite-damage.ts';
import { positionOf } from './sqlite-file.ts';
import type { LogProblem } from './verify.ts';

const MOST_FAULTS = 1_000;

/** What the categories decide is which events a reader by stream prefix meets; no hash covers them. */
const misfiledEvents = `
  SELECT coalesce(s.name, '') AS stream, e.version, e.position FROM events e LEFT JOIN streams s ON s.id = e.stream
  WHERE e.category IS NOT s.category OR s.id IS NULL
  ORDER BY e.position LIMIT ${MOST_FAULTS}`;

/** `categoryOf` in SQL. A stream is located by its first event. */
const misfiledStreams = `
  SELECT s.name AS stream, e.version, e.position
  FROM streams s LEFT JOIN categories c ON c.id = s.category JOIN events e ON e.stream = s.id
  WHERE c.name IS NOT CASE instr(s.name, '-') WHEN 0 THEN s.name ELSE substr(s.name, 1, instr(s.name, '-')) END
    AND e.version = (SELECT min(version) FROM events WHERE stream = s.id)
  ORDER BY e.position LIMIT ${MOST_FAULTS}`;

/** What only the file can tell: that its pages and indexes are whole, and that every event stands where readers look. */
export const checkLogFile = (db: DatabaseSync): readonly LogProblem[] => {
  const located = (kind: 'category-differs' | 'stream-category-differs', sql: string): LogProblem[] =>
    db
      .prepare(sql)
      .all()
      .map(({ stream, version, position }) => ({
        kind,
        stream: String(stream),
        version: Number(version),
        position: positionOf(Number(position)),
      }));
  try {
    const faults = db
      .prepare('PRAGMA integrity_check')
      .all()
      .map(({ integrity_check: fault }) => String(fault));
    return [
      ...faults.filter((fault) => fault !== 'ok').map((reason): LogProblem => ({ kind: 'file-damaged', reason })),
      ...located('category-differs', misfiledEvents),
      ...located('stream-category-differs', misfiledStreams),
    ];
  } catch (error) {
    const reason = damageIn(error);
    if (reason === null) throw error;
    return [{ kind: 'file-damaged', reason }];
  }
};
