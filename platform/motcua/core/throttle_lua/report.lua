-- Many reports, one after the other. KEYS: of each report its buckets, then its circuits. ARGV: failures to open,
-- first pause ms, longest pause ms, ttl s, then per report: number of buckets, number of circuits, per bucket:
-- capacity, unused, left (-1 unknown), exhausted; per circuit: ok, failed, open ms, why.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local to_open, first_ms, longest_ms, ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local function report_bucket(key, capacity, unused, left, exhausted)
  local tokens = tonumber(redis.call('HGET', key, 'tokens') or capacity)
  tokens = math.min(capacity, tokens + unused)
  if left >= 0 then tokens = math.min(tokens, left) end
  if exhausted then
    tokens = 0
    -- The other side counts by the minute of the clock.
    redis.call('HSET', key, 'hold', now - now % 60000 + 60000)
  end
  redis.call('HSET', key, 'tokens', tostring(tokens))
  redis.call('HSETNX', key, 'at', now)
  redis.call('EXPIRE', key, ttl)
end

local function report_circuit(key, ok, failed, open_ms, why)
  if open_ms > 0 then
    redis.call('HSET', key, 'opened_at', now, 'open_until', now + open_ms, 'probe_until', 0, 'failures', 0,
      'why', why)
    redis.call('EXPIRE', key, ttl + math.ceil(open_ms / 1000))
  elseif ok > 0 then
    redis.call('DEL', key)
  else
    local failures = redis.call('HINCRBY', key, 'failures', failed)
    local half_open = tonumber(redis.call('HGET', key, 'open_until') or 0) > 0
    if half_open or failures >= to_open then
      local times = redis.call('HINCRBY', key, 'times', 1)
      local pause = math.min(longest_ms, first_ms * 2 ^ (times - 1))
      redis.call('HSET', key, 'opened_at', now, 'open_until', now + pause, 'probe_until', 0, 'failures', 0)
    end
    redis.call('EXPIRE', key, ttl)
  end
end

local key, word = 0, 4
while word < #ARGV do
  local buckets, circuits = tonumber(ARGV[word + 1]), tonumber(ARGV[word + 2])
  word = word + 2
  for _ = 1, buckets do
    key = key + 1
    report_bucket(KEYS[key], tonumber(ARGV[word + 1]), tonumber(ARGV[word + 2]), tonumber(ARGV[word + 3]),
      ARGV[word + 4] == '1')
    word = word + 4
  end
  for _ = 1, circuits do
    key = key + 1
    report_circuit(KEYS[key], tonumber(ARGV[word + 1]), tonumber(ARGV[word + 2]), tonumber(ARGV[word + 3]),
      ARGV[word + 4])
    word = word + 4
  end
end
return 'OK'
