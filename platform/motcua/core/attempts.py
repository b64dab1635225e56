"""Counting wrong guesses in Redis, so that a code cannot be tried until it fits."""

from .errors import TooManyAttempts
from .queue import connection

MOST_WRONG = 5
COOL_DOWN_S = 15 * 60

# All keys are looked at before any is counted: a refused guess neither counts nor lengthens the wait.
_TAKE = """
    for at, key in ipairs(KEYS) do
        if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[at * 2 - 1]) then
            return {at, math.max(redis.call('TTL', key), 1)}
        end
    end
    for at, key in ipairs(KEYS) do
        redis.call('INCR', key)
        redis.call('EXPIRE', key, ARGV[at * 2])
    end
    return {0, 0}
"""
# A count that ran out meanwhile must not come back below zero and without an end.
_GIVE_BACK = """
    for _, key in ipairs(KEYS) do
        if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
    end
"""


def take(limits: dict[str, int], cool_down_s: int = COOL_DOWN_S) -> None:
    """Count one guess against every key before it is judged, so that guesses made at once cannot slip through.

    `limits`: key -> how many within the cool-down. Raises TooManyAttempts where one is reached.
    """
    words = [word for most in limits.values() for word in (most, cool_down_s)]
    reached, wait = connection().eval(_TAKE, len(limits), *map(_name, limits), *words)
    if reached:
        raise _too_many(list(limits.values())[reached - 1], int(wait))


def give_back(keys: list[str]) -> None:
    """The guess was right: it does not count."""
    connection().eval(_GIVE_BACK, len(keys), *map(_name, keys))


def refuse_if_cooling_down(key: str, most: int = MOST_WRONG) -> None:
    """Raises TooManyAttempts after `most` wrong guesses for `key` within the cool-down."""
    wrong = connection().get(_name(key))
    if wrong is not None and int(wrong) >= most:
        raise _too_many(most, max(connection().ttl(_name(key)), 1))


def note_wrong(key: str) -> None:
    """Count one wrong guess; each one makes the cool-down begin anew."""
    with connection().pipeline() as pipe:
        pipe.incr(_name(key))
        pipe.expire(_name(key), COOL_DOWN_S)
        pipe.execute()


def forget(key: str) -> None:
    connection().delete(_name(key))


def _too_many(most: int, wait_s: int) -> TooManyAttempts:
    return TooManyAttempts(
        f"Đã nhập sai {most} lần. Xin đợi {-(-wait_s // 60)} phút rồi thử lại.",
        details={"retry_after_s": wait_s},
    )


def _name(key: str) -> str:
    return "motcua:wrong:" + key
