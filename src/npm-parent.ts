import manifest from '../package.json' with { type: 'json' };

const LOOK_EVERY_MS = 200;
/** How npm names the ways in which our own package runs this process in the foreground. */
const FOREGROUND: ReadonlySet<string | undefined> = new Set(['start', 'sourcefold', 'npx']);

/**
 * npm passes a signal on to the shell that it ran us in. That shell dies of it and tells nobody, so we would go on without
 * anybody to stop us. `onEnd` is called when the shell has ended; the answer ends the watch.
 */
export const watchNpmShell = (
  environment: Readonly<Record<string, string | undefined>>,
  onEnd: () => void,
  parent = () => process.ppid,
): (() => void) => {
  const { npm_package_name: name, npm_lifecycle_event: script } = environment;
  if (name !== manifest.name || !FOREGROUND.has(script)) return () => undefined;
  const shell = parent();
  const looking = setInterval(() => {
    if (parent() === shell) return;
    clearInterval(looking);
    onEnd();
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(looking);
};
