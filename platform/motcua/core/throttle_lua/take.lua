-- Many requests, one after the other. KEYS: of each request its buckets, then its circuits. ARGV: probe ms, ttl s,
-- then per request: wanted, number of buckets, number of circuits, and per bucket: capacity, refill a second,
-- reserve. Returns {granted, wait ms, reason} of each.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local probe_ms, ttl = tonumber(ARGV[1]), tonumber(ARGV[2])
local longest_hold_ms = 60000

-- What lies further ahead than it was ever set to: the clock was set back since, and it is over.
local function unless_over(moment, longest_ms)
  return moment - now > longest_ms and 0 or moment
end

-- `key` and `word`: behind which of KEYS and ARGV the request's own begin.
local function take(wanted, buckets, circuits, key, word)
  local half_open = {}
  for i = key + buckets + 1, key + buckets + circuits do
    local kept = redis.call('HMGET', KEYS[i], 'open_until', 'probe_until', 'opened_at')
    local open_until = tonumber(kept[1] or 0)
    -- Opened in what is now the future: as above, and how long its pause was is not asked.
    if open_until > now and tonumber(kept[3] or 0) <= now then
      return {0, open_until - now, 'circuit_open'}
    end
    if open_until > 0 then
      local probe_until = unless_over(tonumber(kept[2] or 0), probe_ms)
      if probe_until > now then
        return {0, math.min(probe_until - now, 1000), 'circuit_open'}
      end
      half_open[#half_open + 1] = KEYS[i]
    end
  end

  local granted, wait, level = wanted, 0, {}
  if #half_open > 0 then granted = math.min(wanted, 1) end
  for i = 1, buckets do
    local at = word + 3 * i
    local capacity, rate, reserve = tonumber(ARGV[at - 2]), tonumber(ARGV[at - 1]), tonumber(ARGV[at])
    local kept = redis.call('HMGET', KEYS[key + i], 'tokens', 'at', 'hold')
    local tokens, since = tonumber(kept[1] or capacity), tonumber(kept[2] or now)
    local hold = unless_over(tonumber(kept[3] or 0), longest_hold_ms)
    -- Nothing is refilled while the other side refuses everything.
    since = math.max(since, math.min(hold, now))
    tokens = math.min(capacity, tokens + math.max(now - since, 0) * rate / 1000)
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
    redis.call('HSET', KEYS[key + i], 'tokens', tostring(level[i] - granted), 'at', now)
    redis.call('EXPIRE', KEYS[key + i], ttl)
  end
  if granted == 0 then
    return {0, wait, 'rate'}
  end
  for _, circuit in ipairs(half_open) do
    redis.call('HSET', circuit, 'probe_until', now + probe_ms)
  end
  if granted < wanted then
    return {granted, wait, #half_open > 0 and 'circuit_open' or 'rate'}
  end
  return {granted, 0, ''}
end

local answers, key, word = {}, 0, 2
while word < #ARGV do
  local wanted, buckets, circuits = tonumber(ARGV[word + 1]), tonumber(ARGV[word + 2]), tonumber(ARGV[word + 3])
  answers[#answers + 1] = take(wanted, buckets, circuits, key, word + 3)
  key = key + buckets + circuits
  word = word + 3 + 3 * buckets
end
return answers
