import { OAuthError } from '../../errors/oauth-error.ts'
import type { ConnectionKey, Coordinator, TokenStore } from '../../types.ts'
import { outcomeOf } from './assertions.ts'

/** An empty store for one test, and what the suite may do to it. Only `store` must be there. */
export interface StoreUnderTest {
  readonly store: TokenStore
  /**
   * Opens a second store on the same data, as another process would have it: with a connection of its own. Without it
   * the suite tests one store against itself, which finds less.
   */
  another?(): TokenStore | Promise<TokenStore>
  /** Breaks what is stored under `key`, as a bug or a hand in the table would: writes junk, never removes it. */
  damage?(key: ConnectionKey): unknown
  /** Cuts `store` off from its data: ends its pool, stops its server. Without it, `store.close` is called where there is one. */
  unplug?(): unknown
  /** Called after the test, passed or failed: closes what `make` and `another` opened, drops what they created. */
  dispose?(): unknown
}

/** A coordinator for one test. */
export interface CoordinatorUnderTest {
  readonly coordinator: Coordinator
  /** Opens a second one on the same claims and leases, with a connection of its own. */
  another?(): Coordinator | Promise<Coordinator>
  /** Called after the test. */
  dispose?(): unknown
}

/** What `testTokenStore` is given: called once a test, it must give an empty store each time. */
export type MakeStore = () => TokenStore | StoreUnderTest | Promise<TokenStore | StoreUnderTest>

/** What `testCoordinator` is given. The function that `testTokenStore` is given will do: its store's own is tested. */
export type MakeCoordinator = () =>
  | Coordinator
  | CoordinatorUnderTest
  | TokenStore
  | StoreUnderTest
  | Promise<Coordinator | CoordinatorUnderTest | TokenStore | StoreUnderTest>

/** What one test of a store works with. `other` is the second store, or the same one where there is none. */
export interface OpenedStore {
  readonly store: TokenStore
  readonly other: TokenStore
  damage(key: ConnectionKey): Promise<void>
  unplug(): Promise<void>
}

/** What one test of a coordinator works with. */
export interface OpenedCoordinator {
  readonly one: Coordinator
  readonly two: Coordinator
}

export async function withStore(make: MakeStore, run: (opened: OpenedStore) => Promise<void>): Promise<void> {
  const made = await make()
  const underTest: StoreUnderTest = 'load' in made ? { store: made, dispose: () => made.close?.() } : made
  const { store } = underTest
  await disposing(underTest, async () => {
    const other = (await underTest.another?.()) ?? store
    await run({
      store,
      other,
      async damage(key) {
        await underTest.damage?.(key)
      },
      async unplug() {
        await (underTest.unplug ? underTest.unplug() : store.close?.())
      },
    })
  })
}

export async function withCoordinator(
  make: MakeCoordinator,
  run: (opened: OpenedCoordinator) => Promise<void>,
): Promise<void> {
  const made = await make()
  if ('withLease' in made) return run({ one: made, two: made })
  if ('store' in made || 'load' in made)
    return withStore(
      () => made,
      ({ store, other }) => run({ one: coordinatorOf(store), two: coordinatorOf(other) }),
    )
  await disposing(made, async () => {
    const one = made.coordinator
    await run({ one, two: (await made.another?.()) ?? one })
  })
}

function coordinatorOf({ coordinator }: TokenStore): Coordinator {
  if (coordinator) return coordinator
  throw new OAuthError({
    code: 'config_invalid',
    detail: 'testCoordinator was given a store without a coordinator',
    hint: 'Give it a store whose `coordinator` is set, or `{ coordinator }`.',
  })
}

/** What failed in the test is told, not what failed in clearing up after it. */
export async function disposing(made: { dispose?(): unknown }, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    await outcomeOf(Promise.resolve().then(() => made.dispose?.()))
    throw error
  }
  await made.dispose?.()
}
