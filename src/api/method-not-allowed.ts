import type { RequestHandler } from 'express';
import { ApiProblem } from './problem.ts';

/** For a path whose methods have all had their turn: 405, with those it knows (RFC 9110, 15.5.6). */
export const onlyAllow =
  (...methods: readonly string[]): RequestHandler =>
  (_request, response) => {
    response.setHeader('Allow', methods.join(', '));
    throw new ApiProblem('method-not-allowed');
  };
