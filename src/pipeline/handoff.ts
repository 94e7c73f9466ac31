/** From push to pull: one value at a time passes from a producer that waits to a consumer that asks. */
import { HeadraceError } from '../errors.ts'

interface Offer<T> {
  readonly value: T
  /** Lets the producer go on. */
  readonly taken: () => void
}

/**
 * Runs `produce` and gives what it puts. A put resolves when the consumer comes back for more, so that nothing queues up.
 * When the consumer stops or `outer` is aborted, the signal that `produce` got is aborted and the pending put resolves: a
 * consumer that never comes back holds up nobody. Later puts are refused with STOPPED, so that no value is lost unseen. How
 * `produce` ends after its consumer stopped is nobody's concern.
 */
export async function* handOff<T>(
  produce: (put: (value: T) => Promise<void>, signal: AbortSignal) => Promise<unknown>,
  outer: AbortSignal,
): AsyncGenerator<T> {
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, outer])
  let offer: Offer<T> | undefined
  let ended = false
  let woken = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => offer?.taken(), { once: true })
  const put = (value: T): Promise<void> =>
    new Promise((taken, refuse) => {
      if (signal.aborted) return refuse(new HeadraceError('STOPPED', 'Nobody reads the rows any more.'))
      offer = { value, taken }
      woken.resolve()
    })
  const produced = produce(put, signal).finally(() => {
    ended = true
    woken.resolve()
  })
  produced.catch(() => undefined)
  try {
    for (;;) {
      if (offer === undefined && !ended) await woken.promise
      woken = Promise.withResolvers()
      if (offer === undefined) break
      const { value, taken }: Offer<T> = offer
      yield value
      offer = undefined
      taken()
    }
    await produced
  } finally {
    stop.abort()
    await produced.catch(() => undefined)
  }
}
