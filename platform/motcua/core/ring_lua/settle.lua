-- KEYS: ring, later, woken, spent, weights, left. ARGV per member: name, woken when taken, how many to give back,
-- "stay" | "leave" | milliseconds to stay away.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

for i = 1, #ARGV, 4 do
  local member, known, back, how = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3]
  if back ~= 0 then
    local weight = tonumber(redis.call('HGET', KEYS[5], member) or 1)
    if redis.call('ZSCORE', KEYS[1], member) then
      redis.call('ZINCRBY', KEYS[1], -back / weight, member)
    end
    redis.call('HINCRBYFLOAT', KEYS[4], member, tostring(-back / weight))
  end
  if how == 'stay' then
    -- Whoever looked meanwhile may have found nothing because we held it: its leaving does not count.
    redis.call('HINCRBY', KEYS[3], member, 1)
    if not redis.call('ZSCORE', KEYS[2], member) then
      redis.call('ZADD', KEYS[1], 'NX', tonumber(redis.call('HGET', KEYS[4], member) or 0), member)
    end
  elseif how == 'leave' then
    -- Work that arrived since it was taken may not have been seen by the look that found nothing.
    if (redis.call('HGET', KEYS[3], member) or '0') == known then
      redis.call('ZREM', KEYS[1], member)
    end
  else
    redis.call('ZREM', KEYS[1], member)
    redis.call('ZADD', KEYS[2], now + tonumber(how), member)
    redis.call('ZADD', KEYS[6], now, member)
  end
end
return 'OK'
