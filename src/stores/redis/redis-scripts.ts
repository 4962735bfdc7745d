import { redisScript } from './redis-commands.ts'

/** Reads through a script, since a client may send a plain GET to a replica, which may still hold an older token. */
export const readText = redisScript(`return redis.call('get', KEYS[1])`)

// What the scripts of connections and of syncs have in common. They find `stored`, `version` and `write` by their own
// headers; ARGV[2] is the expected version, '' for none.

/** ARGV[3]: the write's mark. One that is there already is our own, sent twice. */
export const refuseOtherVersion = `
if write == ARGV[3] then return 1 end
if ARGV[2] == '' then
  if stored then return 0 end
elseif version ~= ARGV[2] then return 0 end`

/** KEYS[5] says for a while that this removal has been done. */
export const removeOnce = `
if redis.call('exists', KEYS[5]) == 1 then return 1 end
if not stored or (ARGV[2] ~= '' and version ~= ARGV[2]) then return 0 end
redis.call('set', KEYS[5], '1', 'PX', 60000)
redis.call('del', KEYS[1])`
