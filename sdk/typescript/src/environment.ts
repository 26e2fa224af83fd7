/**
 * An environment variable, where the runtime has them. Read at the time of the call, so that a
 * build does not freeze it. An empty one counts as absent.
 */
export function readEnvironment(name: string): string | undefined {
  const runtime = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return runtime.process?.env?.[name] || undefined;
}
