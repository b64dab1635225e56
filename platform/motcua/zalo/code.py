"""One line of a table of Zalo's error codes."""

from typing import NamedTuple

from .families import ZaloError
from .retry import Retry


class Code(NamedTuple):
    """`retry` is None where the family's own answer holds."""

    family: type[ZaloError]
    meaning: str
    remedy: str
    retry: Retry | None = None
