#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// What strips the types off a file takes memory, once in every thread. With a cache only the first start needs it. The
// threads hear of the cache by the environment; where it cannot be written, all goes on without it.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/sourcefold', import.meta.url));
enableCompileCache(process.env.NODE_COMPILE_CACHE);

// The flag is for this thread, whose heap is there by now; the other threads have limits of their own.
setFlagsFromString('--max-semi-space-size=0');

const { createCli } = await import('./cli.ts');
await createCli().parseAsync(process.argv);
