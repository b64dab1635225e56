"""Counting wrong guesses in Redis, so that a code cannot be tried until it fits."""

from .errors import TooManyAttempts
from .queue import connection

MOST_WRONG = 5
COOL_DOWN_S = 15 * 60


def refuse_if_cooling_down(key: str, most: int = MOST_WRONG) -> None:
    """Raises TooManyAttempts after `most` wrong guesses for `key` within the cool-down."""
    wrong = connection().get(_name(key))
    if wrong is not None and int(wrong) >= most:
        wait = max(connection().ttl(_name(key)), 1)
        raise TooManyAttempts(
            f"Đã nhập sai {most} lần. Xin đợi {-(-wait // 60)} phút rồi thử lại.",
            details={"retry_after_s": wait},
        )


def note_wrong(key: str) -> None:
    """Count one wrong guess; each one makes the cool-down begin anew."""
    with connection().pipeline() as pipe:
        pipe.incr(_name(key))
        pipe.expire(_name(key), COOL_DOWN_S)
        pipe.execute()


def forget(key: str) -> None:
    connection().delete(_name(key))


def _name(key: str) -> str:
    return "motcua:wrong:" + key
