/**
 * A type while a value of it is being made. On the paths that every call takes, optional fields are assigned: a spread for
 * each takes ten times as long, and together they outweigh the work.
 */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] }
