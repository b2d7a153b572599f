/**
 * All verbs of a replay store on one key. A value is `c:<end of the lease>:<token>` for a claimed key and
 * `d:0:<token>` for one that is done, and lives for the `ttlMs`. The time is that of the server.
 *
 * Arguments: verb, token, ttlMs, leaseMs. Answers: `claim` 0 new, 1 in flight, 2 done; `consume` 0 new, 1 used;
 * `complete` and `release` 1 or 0.
 */
export const REPLAY_SCRIPT = `
local verb, token, ttl, lease = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local value = redis.call('GET', KEYS[1])
local state, lease_end, holder
if value then
  state, lease_end, holder = string.match(value, '^([cd]):(%d+):(.*)$')
  if not state then return redis.error_reply('FOREIGN value under the key') end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local is_held = state == 'c' and tonumber(lease_end) > now
local is_mine = state and holder == token

if verb == 'claim' then
  if state == 'd' then return 2 end
  if is_held and not is_mine then return 1 end
  local claimed = string.format('c:%.0f:%s', now + lease, token)
  redis.call('SET', KEYS[1], claimed, 'PX', ttl)
  return 0
elseif verb == 'consume' then
  if state == 'd' or is_held then return 1 end
  redis.call('SET', KEYS[1], 'd:0:', 'PX', ttl)
  return 0
elseif verb == 'complete' then
  if not is_mine then return 0 end
  redis.call('SET', KEYS[1], 'd:0:' .. token, 'KEEPTTL')
  return 1
elseif verb == 'release' then
  if not is_mine or state == 'd' then return 0 end
  redis.call('DEL', KEYS[1])
  return 1
end
return redis.error_reply('UNKNOWN verb')
`;
