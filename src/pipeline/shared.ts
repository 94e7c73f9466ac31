/** What is opened once in a session, and closed with it. */

/** What the runs of a session have one of, by name. */
export class Shared implements AsyncDisposable {
  readonly #made = new Map<string, Promise<AsyncDisposable>>()

  readonly of = <T extends AsyncDisposable>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = this.#made.get(name) as Promise<T> | undefined
    if (known !== undefined) return known
    const made = make()
    this.#made.set(name, made)
    // What could not be made may be possible later.
    made.catch(() => this.#made.delete(name))
    return made
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = await Promise.allSettled(this.#made.values())
    for (const one of made) if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]()
  }
}
