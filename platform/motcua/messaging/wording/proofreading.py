"""Reading a text before it is kept: every fault that could show when it is sent, with its line and what to do.

A text may print its variables, decide with `if` and go through a list with `for`, and nothing more: what is not
on the lists below (calls, multiplication, imports, assignments) is refused, so that no text can run away. It is
then filled as if everything were known at its longest, nothing but what is always known, and each variable
missing by itself.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, meta, nodes
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from . import variables

LONGEST_TEXT = 2000  # Zalo OA API v3.0, message/cs: text
LONGEST_SOURCE = 8000
DEEPEST_LOOP = 2
MOST_PIECES = 20_000
FILTERS = frozenset({
    "capitalize", "count", "d", "default", "first", "int", "join", "last", "length", "lower", "reverse", "sort",
    "string", "title", "trim", "truncate", "unique", "upper",
})  # fmt: skip
TESTS = frozenset(
    {"defined", "undefined", "none", "string", "number", "even", "odd", "in", "eq", "ne", "equalto"}
)
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.For, nodes.If, nodes.CondExpr,
    nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg, nodes.List, nodes.Tuple, nodes.Keyword,
)  # fmt: skip
WORDS_OF = {
    nodes.Call: "lời gọi hàm", nodes.Assign: "lệnh set", nodes.AssignBlock: "lệnh set", nodes.Mul: "phép nhân",
    nodes.Pow: "phép lũy thừa", nodes.Mod: "phép %", nodes.Div: "phép chia", nodes.FloorDiv: "phép chia",
    nodes.Include: "lệnh include", nodes.Import: "lệnh import", nodes.FromImport: "lệnh import",
    nodes.Extends: "lệnh extends", nodes.Block: "lệnh block", nodes.Macro: "lệnh macro",
    nodes.CallBlock: "lệnh call", nodes.FilterBlock: "lệnh filter", nodes.With: "lệnh with",
    nodes.Dict: "dấu ngoặc { }", nodes.Slice: "phép cắt [:]",
}  # fmt: skip
BLANKS = re.compile(r"\n{3,}")


def environment(undefined: type[Undefined] = StrictUndefined) -> ImmutableSandboxedEnvironment:
    """The sandbox of every text: plain text for a messenger, not HTML; no functions, a few harmless filters."""
    sandbox = ImmutableSandboxedEnvironment(
        undefined=undefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    sandbox.globals.clear()
    sandbox.filters = {name: one for name, one in sandbox.filters.items() if name in FILTERS}
    return sandbox


@dataclass(frozen=True)
class Fault:
    """`line` from 1, None where it concerns the whole text; `sentence` names the remedy."""

    line: int | None
    sentence: str

    def __str__(self) -> str:
        return f"Dòng {self.line}: {self.sentence}" if self.line else self.sentence


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

    def _refuse(self, *_: Any) -> Any:
        raise NothingThere(self.name)

    __str__ = __iter__ = __len__ = __add__ = __radd__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse
    __getitem__ = __int__ = _refuse

    def __getattr__(self, name: str) -> Any:
        # Jinja looks for `__html__` and the like on everything it prints.
        if name.startswith("__"):
            raise AttributeError(name)
        raise NothingThere(self.name)


_proof = environment()
_proof.tests = _proof.tests | {"none": lambda value: value is None or isinstance(value, Missing)}


@lru_cache(maxsize=8192)
def faults_of(
    event: str, body: str, offered: frozenset[str], always: frozenset[str], language: str
) -> tuple[Fault, ...]:
    """Everything that is wrong with the text of an event, `offered` its variables, `always` those always known."""
    faults = shape_faults(body, offered)
    if faults:
        return faults
    names = sorted(meta.find_undeclared_variables(_proof.parse(body)))
    if not all(variables.is_declared(event, name) for name in names):
        return ()
    return _filled_faults(event, body, names, always, language)


def shape_faults(body: str, offered: frozenset[str]) -> tuple[Fault, ...]:
    """What can be told without filling it."""
    if not body.strip():
        return (Fault(None, "Mẫu tin đang trống. Xin viết nội dung, hoặc trở về mẫu của thư mục."),)
    if len(body) > LONGEST_SOURCE:
        return (Fault(None, f"Mẫu tin dài hơn {LONGEST_SOURCE} ký tự. Xin viết ngắn lại."),)
    try:
        tree = _proof.parse(body)
    except TemplateSyntaxError as error:
        return (
            Fault(
                error.lineno, "Sai cú pháp. Xin sửa lại dấu ngoặc nhọn và các lệnh if, for, endif, endfor."
            ),
        )
    except RecursionError:
        return (Fault(None, "Mẫu tin lồng quá nhiều tầng. Xin viết đơn giản hơn."),)
    # Looking for names works out constants: only a tree without powers and the like may be asked.
    faults = set(_node_faults(tree)) or set(_name_faults(tree, offered))
    return tuple(sorted(faults, key=lambda one: (one.line or 0, one.sentence)))


def _name_faults(tree: nodes.Template, offered: frozenset[str]):
    unknown = meta.find_undeclared_variables(tree) - offered
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name in unknown:
            known = ", ".join(sorted(offered))
            yield Fault(node.lineno, f"Không có biến “{node.name}”. Xin dùng một trong các biến: {known}.")


def _node_faults(tree: nodes.Template):
    for node in tree.find_all(nodes.Node):
        line = node.lineno
        if not isinstance(node, ALLOWED):
            word = next((word for kind, word in WORDS_OF.items() if isinstance(node, kind)), "cách viết này")
            yield Fault(line, f"Không dùng được {word} trong mẫu tin. Xin chỉ dùng biến, if và for.")
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield Fault(line, f"Không có bộ lọc “{node.name}”. Xin dùng: {', '.join(sorted(FILTERS))}.")
        elif isinstance(node, nodes.Filter) and node.name == "join" and _is_worked_on(node.node):
            # One join of another multiplies what it prints.
            yield Fault(line, "Chỉ nối (join) được một danh sách. Xin viết {{ danh_sách|join(', ') }}.")
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            yield Fault(line, f"Không có phép thử “{node.name}”. Xin dùng: {', '.join(sorted(TESTS))}.")
        elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            yield Fault(line, f"Không được đọc “{node.attr}”. Xin dùng tên phần không bắt đầu bằng dấu gạch.")
        elif isinstance(node, nodes.For) and (node.recursive or _depth(node) > DEEPEST_LOOP):
            yield Fault(line, f"Vòng lặp lồng quá {DEEPEST_LOOP} tầng. Xin bớt một vòng for.")


def _is_worked_on(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Filter) or (node is not None and node.find(nodes.Filter) is not None)


def _depth(loop: nodes.For) -> int:
    return 1 + max((_depth(one) for one in loop.find_all(nodes.For)), default=0)


def _filled_faults(
    event: str, body: str, names: list[str], always: frozenset[str], language: str
) -> tuple[Fault, ...]:
    template = _proof.from_string(body)
    kinds = {name: variables.variable_of(event, name) for name in names}
    longest = {name: one.at_its_limit(language) for name, one in kinds.items()}
    unknown = {name: Missing(name) for name in names if name not in always}
    cases = [longest, longest | unknown]
    cases += [longest | {name: missing} for name, missing in unknown.items()]
    cases += [longest | _variants(name, one, language) for name, one in kinds.items() if one.fields]
    for words in cases:
        fault = _fault_when_filled(template, words, variables.is_fitted(event))
        if fault:
            return (fault,)
    return ()


def _variants(name: str, one: variables.Variable, language: str) -> dict:
    """A list whose items lack whatever they may."""
    parts = {
        part: Missing(f"{name}.{part}") if given.may_lack else given.at_its_limit(language)
        for part, given in one.fields
    }
    return {name: [parts]} if parts else {}


def _fault_when_filled(template, words: dict, is_fitted: bool) -> Fault | None:
    try:
        text = _written(template, words)
    except NothingThere as error:
        return Fault(
            _line_of(error),
            f"Biến “{error.name}” có lúc không có. Xin đặt trong {{% if {error.name} %}} … {{% endif %}}, "
            f'hoặc viết {{{{ {error.name} or "…" }}}}.',
        )
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


def tidied(text: str) -> str:
    """Without the gaps that unused conditions leave."""
    return BLANKS.sub("\n\n", text).strip()


def _line_of(error: BaseException) -> int | None:
    """The line of the text in which it happened; Jinja puts it into the traceback."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
