import { z } from 'zod';
import type { Fault } from '../domain/sourcing/problem.ts';
import { didYouMean } from './closest.ts';

const LONGEST_VALUE = 60;
/** Looking for what was meant takes a while: nobody reads more. */
const MOST_ADVISED = 100;

type Issue = z.core.$ZodIssue;
export type Segment = PropertyKey;

/** `routes[1].fences[0].atMostKilometres` */
export const pathText = (path: readonly Segment[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');

/** An object that names the known field nearest to each unknown one: a line for each. */
export const shape = <Shape extends z.ZodRawShape>(fields: Shape) =>
  z.strictObject(fields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .map((name, index) => unknownField(name, index < MOST_ADVISED ? Object.keys(fields) : []))
            .join('\n')
        : undefined,
  });

const unknownField = (name: string, known: readonly string[]): string => {
  if (known.length === 0) return `"${name}" is not a field here.`;
  const suggestion = didYouMean(name, known);
  return `"${name}" is not a field here.${suggestion === '' ? ` Those are ${known.join(', ')}.` : suggestion}`;
};

/** What a schema complains of, as faults with what to do. The input must have been reported (`reportInput`). */
export const shapeFaults = (issues: readonly Issue[]): readonly Fault[] => issues.flatMap(faultsOf);

const faultsOf = (issue: Issue): readonly Fault[] => {
  const path = pathText(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ path, message: messageOf(issue) }];
  const messages = issue.message.split('\n');
  return issue.keys.map((name, index) => ({
    path: pathText([...issue.path, name]),
    message: messages[index] ?? issue.message,
  }));
};

const messageOf = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeName(issue.expected)}${found(issue.input)}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_union':
      return issue.discriminator !== undefined && 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options.map(String), fieldOf(issue.input, issue.discriminator))
        : issue.message;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must not be ${issue.minimum === 1 ? 'empty' : `shorter than ${issue.minimum}`}`
        : `must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}${found(issue.input)}`;
    case 'too_big':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `must not be longer than ${issue.maximum}`
        : `must be ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}${found(issue.input)}`;
    default:
      return issue.message;
  }
};

const names: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

const typeName = (expected: string): string => names[expected] ?? expected;

const fieldOf = (value: unknown, name: string): unknown =>
  z.record(z.string(), z.unknown()).safeParse(value).data?.[name];

const oneOf = (values: readonly string[], given: unknown): string =>
  `must be one of ${values.map((value) => `"${value}"`).join(', ')}${found(given)}.${didYouMean(given, values)}`;

const found = (value: unknown): string => {
  if (value === undefined) return ', but is missing';
  const text = JSON.stringify(value) ?? String(value);
  return `, not ${text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text}`;
};
