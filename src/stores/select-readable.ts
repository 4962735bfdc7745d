/**
 * What `isWanted` of the values, read one at a time. One that cannot be read does not keep the rest from their reader (a
 * damaged record must not end everybody's refreshes), nor is it passed over in silence: the error comes last.
 */
export async function* selectReadable<T, R>(
  values: AsyncIterable<T> | Iterable<T>,
  read: (value: T) => R | Promise<R>,
  isWanted: (item: R) => boolean,
): AsyncGenerator<R, void> {
  let damaged: { readonly error: unknown } | undefined
  for await (const value of values) {
    let item: R
    try {
      item = await read(value)
    } catch (error) {
      damaged ??= { error }
      continue
    }
    if (isWanted(item)) yield item
  }
  if (damaged) throw damaged.error
}
