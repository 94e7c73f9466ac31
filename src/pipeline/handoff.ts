/** From push to pull: one value at a time passes from a producer that waits to a consumer that asks. */

interface Offer<T> {
  readonly value: T
  /** Lets the producer go on. */
  readonly taken: () => void
}

/**
 * Runs `produce` and gives what it puts. A put resolves when the consumer comes back for more, so that nothing queues up.
 * When the consumer stops, the signal that `produce` got is aborted, puts resolve at once, and its end is waited for; how it
 * ends then is nobody's concern.
 */
export async function* handOff<T>(
  produce: (put: (value: T) => Promise<void>, signal: AbortSignal) => Promise<unknown>,
): AsyncGenerator<T> {
  const stop = new AbortController()
  let offered = Promise.withResolvers<Offer<T> | undefined>()
  let release = (): void => undefined
  const put = (value: T): Promise<void> =>
    new Promise(taken => {
      if (stop.signal.aborted) taken()
      else offered.resolve({ value, taken })
    })
  const produced = produce(put, stop.signal).then(
    () => offered.resolve(undefined),
    (error: unknown) => offered.reject(error),
  )
  try {
    for (;;) {
      const offer = await offered.promise
      if (offer === undefined) return
      offered = Promise.withResolvers()
      release = offer.taken
      yield offer.value
      release()
    }
  } finally {
    stop.abort()
    release()
    offered.promise.catch(() => undefined)
    await produced
  }
}
