-- KEYS: ring, later, woken, spent, weights. ARGV per member: name, woken when taken, how many to give back,
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
  if how == 'leave' then
    -- Work that arrived since it was taken may not have been seen by the look that found nothing.
    if (redis.call('HGET', KEYS[3], member) or '0') == known then
      redis.call('ZREM', KEYS[1], member)
    end
  elseif how ~= 'stay' then
    redis.call('ZREM', KEYS[1], member)
    redis.call('ZADD', KEYS[2], now + tonumber(how), member)
  end
end
return 'OK'
