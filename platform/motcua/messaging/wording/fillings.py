"""Filling a text before it is kept, with every kind of value its variables may have, and seeing what becomes of it.

Not all values with all others: each beside everything known at its longest, and beside nothing but what is always
known.
"""

from collections.abc import Iterator
from typing import Any

from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError, UndefinedError

from . import faults, variables
from .faults import Fault
from .sandbox import environment, is_nothing, tidied

LONGEST_TEXT = 2000  # Zalo OA API v3.0, message/cs: text
MOST_PIECES = 20_000


class NothingThere(Exception):
    """A text prints, or goes through, what may be unknown."""

    def __init__(self, name: str):
        self.name = name
        super().__init__(name)


class Missing:
    """Stands for what is unknown: false in a condition, and a fault when it is printed or gone through."""

    def __init__(self, name: str):
        self.name = name

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return is_nothing(other) or isinstance(other, Missing)

    def __hash__(self) -> int:
        return hash(None)

    def _refuse(self, *_: Any) -> Any:
        raise NothingThere(self.name)

    __str__ = __iter__ = __len__ = __add__ = __radd__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse
    __getitem__ = __int__ = __neg__ = __sub__ = __rsub__ = __mod__ = __contains__ = __reversed__ = _refuse

    def __getattr__(self, name: str) -> Any:
        # Jinja looks for `__html__` and the like on everything it prints.
        if name.startswith("__"):
            raise AttributeError(name)
        raise NothingThere(self.name)


class Unwritten(StrictUndefined):
    """As strict as can be, save for an `if` in braces without its `else`, which prints nothing."""

    def __str__(self) -> str:
        if self._undefined_name is None and (self._undefined_hint or "").startswith(
            "the inline if-expression"
        ):
            return ""
        return super().__str__()


proof = environment(Unwritten)
proof.tests = proof.tests | {"none": lambda value: is_nothing(value) or isinstance(value, Missing)}


def faults_when_filled(
    event: str, body: str, names: list[str], always: frozenset[str], language: str
) -> tuple[Fault, ...]:
    """The first that shows."""
    template = proof.from_string(body)
    for words in _fillings(event, names, always, language):
        fault = _fault_when_filled(template, words, variables.is_fitted(event))
        if fault:
            return (fault,)
    return ()


def _fillings(
    event: str, names: list[str], always: frozenset[str], language: str
) -> Iterator[dict[str, Any]]:
    """What a choice brings is never missing beside it."""
    kinds = {name: variables.variable_of(event, name) for name in names}
    longest = {name: one.at_its_limit(language) for name, one in kinds.items()}
    unknown = {name: Missing(name) for name in names if name not in always}
    cases = [longest, longest | unknown]
    cases += [longest | {name: missing} for name, missing in unknown.items()]
    for name, one in kinds.items():
        for value in _values_of(name, one, language):
            cases += [longest | {name: value}, longest | unknown | {name: value}]
    for case in cases:
        brought = {
            other
            for name, one in kinds.items()
            for value, others in one.brings
            if case[name] == value
            for other in others
        }
        yield case | {
            name: longest[name] for name in brought & longest.keys() if isinstance(case[name], Missing)
        }


def _values_of(name: str, one: variables.Variable, language: str) -> Iterator[Any]:
    """What decides between branches; one text is as good as another."""
    yield one.at_its_limit(language)
    match one.kind:
        case "flag":
            yield False
        case "count":
            yield from (0, 1)
        case "choice":
            yield from one.choices
        case "list":
            full = one.at_its_limit(language)
            yield from ([], full[:1])
            lacking = [part for part, given in one.fields if given.may_lack]
            for gone in (lacking, *([part] for part in lacking)) if lacking else ():
                yield [full[0] | {part: Missing(f"{name}.{part}") for part in gone}]


def _fault_when_filled(template, words: dict, is_fitted: bool) -> Fault | None:
    try:
        text = _written(template, words)
    except NothingThere as error:
        return Fault(_line_of(error), faults.may_lack(error.name))
    except UndefinedError as error:
        return Fault(
            _line_of(error), f"Không có phần được gọi tên ở đây ({error.message}). Xin xem lại tên biến."
        )
    except SecurityError as error:
        return Fault(_line_of(error), "Mẫu tin không được đọc phần này. Xin chỉ dùng các biến đã liệt kê.")
    except TooLong:
        return Fault(None, "Vòng lặp in ra quá nhiều. Xin bớt nội dung trong vòng for.")
    except (
        Exception
    ) as error:  # whatever a text may provoke is the text's fault, and is said where it is written
        return Fault(
            _line_of(error),
            "Phép tính hoặc bộ lọc không hợp với kiểu của biến. Xin xem kiểu của biến trong bảng rồi sửa lại.",
        )
    if not text:
        return Fault(None, "Có lúc mẫu tin không in ra chữ nào. Xin viết ít nhất một câu ngoài các lệnh if.")
    if len(text) > LONGEST_TEXT and not is_fitted:
        return Fault(
            None,
            f"Khi các biến dài nhất, tin có {len(text)} ký tự; Zalo nhận tối đa {LONGEST_TEXT}. Xin rút gọn.",
        )
    return None


class TooLong(Exception):
    pass


def _written(template, words: dict) -> str:
    pieces = []
    for at, piece in enumerate(template.generate(words)):
        if at > MOST_PIECES:
            raise TooLong
        pieces.append(piece)
    return tidied("".join(pieces))


def _line_of(error: BaseException) -> int | None:
    """The line of the text in which it happened; Jinja puts it into the traceback."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
