-- KEYS: buckets, then circuits. ARGV: number of buckets, failures to open, first pause ms, longest pause ms,
-- ttl s, then per bucket: capacity, unused, left (-1 unknown), exhausted; per circuit: ok, failed, open ms, why.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local buckets, to_open = tonumber(ARGV[1]), tonumber(ARGV[2])
local first_ms, longest_ms, ttl = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

for i = 1, buckets do
  local at = 2 + 4 * i
  local capacity, unused = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local left, exhausted = tonumber(ARGV[at + 2]), ARGV[at + 3] == '1'
  local tokens = tonumber(redis.call('HGET', KEYS[i], 'tokens') or capacity)
  tokens = math.min(capacity, tokens + unused)
  if left >= 0 then tokens = math.min(tokens, left) end
  if exhausted then
    tokens = 0
    -- The other side counts by the minute of the clock.
    redis.call('HSET', KEYS[i], 'hold', now - now % 60000 + 60000)
  end
  redis.call('HSET', KEYS[i], 'tokens', tostring(tokens))
  redis.call('HSETNX', KEYS[i], 'at', now)
  redis.call('EXPIRE', KEYS[i], ttl)
end

for i = buckets + 1, #KEYS do
  local at = 6 + 4 * buckets + 4 * (i - buckets - 1)
  local ok, failed, open_ms = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if open_ms > 0 then
    redis.call('HSET', KEYS[i], 'open_until', now + open_ms, 'probe_until', 0, 'failures', 0, 'why', ARGV[at + 3])
    redis.call('EXPIRE', KEYS[i], ttl + math.ceil(open_ms / 1000))
  elseif ok > 0 then
    redis.call('DEL', KEYS[i])
  else
    local failures = redis.call('HINCRBY', KEYS[i], 'failures', failed)
    local half_open = tonumber(redis.call('HGET', KEYS[i], 'open_until') or 0) > 0
    if half_open or failures >= to_open then
      local times = redis.call('HINCRBY', KEYS[i], 'times', 1)
      local pause = math.min(longest_ms, first_ms * 2 ^ (times - 1))
      redis.call('HSET', KEYS[i], 'open_until', now + pause, 'probe_until', 0, 'failures', 0)
    end
    redis.call('EXPIRE', KEYS[i], ttl)
  end
end
return 'OK'
