-- KEYS: ring, later, woken, spent, weights, left, asked. ARGV: ttl s of asked, force (0 or 1), members.
-- Returns 1 when somebody is in the ring and nobody has asked for a worker yet.
if redis.call('ZCARD', KEYS[1]) == 0 and redis.call('ZCARD', KEYS[2]) == 0 then
  redis.call('DEL', KEYS[4]) -- nobody waits: what was taken before is forgotten
end
for i = 3, #ARGV do
  redis.call('HINCRBY', KEYS[3], ARGV[i], 1)
  if ARGV[2] == '1' then
    redis.call('ZREM', KEYS[2], ARGV[i])
    redis.call('ZREM', KEYS[6], ARGV[i])
  end
  if not redis.call('ZSCORE', KEYS[2], ARGV[i]) then
    local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    local start = math.max(tonumber(redis.call('HGET', KEYS[4], ARGV[i]) or 0), tonumber(first[2] or 0))
    redis.call('ZADD', KEYS[1], 'NX', start, ARGV[i])
  end
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
-- Those whom `take` would bring back.
local is_back = redis.call('ZCOUNT', KEYS[2], '-inf', now) > 0 or redis.call('ZCOUNT', KEYS[6], '(' .. now, '+inf') > 0
if redis.call('ZCARD', KEYS[1]) == 0 and not is_back then
  return 0
end
if redis.call('PTTL', KEYS[7]) > ARGV[1] * 1000 then
  redis.call('DEL', KEYS[7]) -- the clock was set back: a worker that never came would be waited for until then
end
return redis.call('SET', KEYS[7], '1', 'NX', 'EX', ARGV[1]) and 1 or 0
