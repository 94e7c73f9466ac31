/** Measuring work that is all computing. */

/**
 * CPU seconds that some work takes, garbage collection in other threads included: what it costs on one core. Unlike the
 * wall clock it does not count the time in which other processes had the core.
 */
export async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}
