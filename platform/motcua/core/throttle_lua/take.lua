-- KEYS: buckets, then circuits. ARGV: wanted, number of buckets, probe ms, ttl s, then per bucket:
-- capacity, refill a second, reserve. Returns {granted, wait ms, reason}.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local wanted, buckets, probe_ms, ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local half_open = {}
for i = buckets + 1, #KEYS do
  local open_until = tonumber(redis.call('HGET', KEYS[i], 'open_until') or 0)
  if open_until > now then
    return {0, open_until - now, 'circuit_open'}
  end
  if open_until > 0 then
    local probe_until = tonumber(redis.call('HGET', KEYS[i], 'probe_until') or 0)
    if probe_until > now then
      return {0, math.min(probe_until - now, 1000), 'circuit_open'}
    end
    half_open[#half_open + 1] = KEYS[i]
  end
end

local granted, wait, level = wanted, 0, {}
if #half_open > 0 then granted = 1 end
for i = 1, buckets do
  local capacity, rate, reserve = tonumber(ARGV[2 + 3 * i]), tonumber(ARGV[3 + 3 * i]), tonumber(ARGV[4 + 3 * i])
  local kept = redis.call('HMGET', KEYS[i], 'tokens', 'at', 'hold')
  local tokens, at, hold = tonumber(kept[1] or capacity), tonumber(kept[2] or now), tonumber(kept[3] or 0)
  -- Nothing is refilled while the other side refuses everything.
  at = math.max(at, math.min(hold, now))
  tokens = math.min(capacity, tokens + math.max(now - at, 0) * rate / 1000)
  level[i] = tokens
  if hold > now then
    granted, wait = 0, math.max(wait, hold - now)
  else
    local free = tokens - reserve
    if free < 1 and granted > 0 then
      granted = 0
    end
    if free < 1 then
      wait = math.max(wait, math.ceil((1 - free) / rate * 1000))
    else
      granted = math.min(granted, math.floor(free))
    end
  end
end
for i = 1, buckets do
  redis.call('HSET', KEYS[i], 'tokens', tostring(level[i] - granted), 'at', now)
  redis.call('EXPIRE', KEYS[i], ttl)
end
if granted == 0 then
  return {0, wait, 'rate'}
end
for _, key in ipairs(half_open) do
  redis.call('HSET', key, 'probe_until', now + probe_ms)
end
if granted < wanted then
  return {granted, wait, #half_open > 0 and 'circuit_open' or 'rate'}
end
return {granted, 0, ''}
