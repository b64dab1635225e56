-- KEYS: per lane, highest first: ring, later, woken, spent, weights, left. ARGV: how many, quantum.
-- Returns {lane number, member, woken, member, woken …} of the first lane that has anybody, or {}.
-- What is taken is charged at once and stays in the ring: others may take it too, after those that had less.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local count, quantum = tonumber(ARGV[1]), tonumber(ARGV[2])

for lane = 1, #KEYS / 6 do
  local at = 6 * (lane - 1)
  local ring, later, woken, spent, weights, left =
    KEYS[at + 1], KEYS[at + 2], KEYS[at + 3], KEYS[at + 4], KEYS[at + 5], KEYS[at + 6]
  local first = redis.call('ZRANGE', ring, 0, 0, 'WITHSCORES')
  local function bring_back(members)
    for _, member in ipairs(members) do
      redis.call('ZREM', later, member)
      redis.call('ZREM', left, member)
      local start = math.max(tonumber(redis.call('HGET', spent, member) or 0), tonumber(first[2] or 0))
      redis.call('ZADD', ring, 'NX', start, member)
    end
  end
  bring_back(redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, 1000))
  -- Who left in what is now the future: the clock was set back, and when they are due by it means nothing.
  bring_back(redis.call('ZRANGEBYSCORE', left, '(' .. now, '+inf', 'LIMIT', 0, 1000))
  local found = redis.call('ZRANGE', ring, 0, count - 1, 'WITHSCORES')
  if #found > 0 then
    local answer = {lane}
    for i = 1, #found, 2 do
      local weight = tonumber(redis.call('HGET', weights, found[i]) or 1)
      local charged = tonumber(found[i + 1]) + quantum / weight
      redis.call('ZADD', ring, charged, found[i])
      redis.call('HSET', spent, found[i], charged)
      answer[#answer + 1] = found[i]
      answer[#answer + 1] = tonumber(redis.call('HGET', woken, found[i]) or 0)
    end
    return answer
  end
end
return {}
