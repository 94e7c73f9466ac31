/** Gates: a script waits at one until the test lets it through. */

/** What a script pauses at, and a test opens. Once open it stays open. */
export interface Gate {
  /** Resolves when a script has come to the gate. */
  readonly reached: Promise<void>
  /** Lets all through who wait there, and who come later. */
  open(): void
  /** Waits for the gate, or for the signal: who waits looks at the signal afterwards. Scripts call this. */
  pass(signal: AbortSignal): Promise<void>
}

/** A closed gate. */
export function gate(): Gate {
  const opened = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  return {
    reached: reached.promise,
    open: opened.resolve,
    async pass(signal) {
      reached.resolve()
      await Promise.race([opened.promise, aborted(signal)])
    },
  }
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
