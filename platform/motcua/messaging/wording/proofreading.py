"""Reading a text before it is kept: every fault that could show when it is sent, with its line and what to do.

A text may print its variables, decide with `if` and go through a list with `for`, and nothing more: what is not
on the lists below (calls, multiplication, imports, assignments) is refused, so that no text can run away. Then every
branch is read, whether it asks for what may be missing before it uses it (`reading`); and the text is filled in
many ways, for its length and whatever reading does not see (`fillings`).
"""

from functools import lru_cache

from jinja2 import TemplateSyntaxError, meta, nodes

from . import faults, fillings, reading, values, variables
from .faults import Fault
from .fillings import LONGEST_TEXT, proof
from .sandbox import FILTERS, TESTS, environment, tidied

__all__ = ["LONGEST_TEXT", "Fault", "environment", "faults_of", "shape_faults", "tidied", "word_faults"]

LONGEST_SOURCE = 8000
TOO_DEEP = Fault(None, "Mẫu tin lồng quá nhiều tầng. Xin viết đơn giản hơn.")
DEEPEST_LOOP = 2
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


@lru_cache(maxsize=8192)
def faults_of(
    event: str, body: str, offered: frozenset[str], always: frozenset[str], language: str
) -> tuple[Fault, ...]:
    """Everything that is wrong with the text of an event, `offered` its variables, `always` those always known."""
    try:
        return shape_faults(body, offered) or _deeper_faults(event, body, always, language)
    except RecursionError:
        return (TOO_DEEP,)


def _deeper_faults(event: str, body: str, always: frozenset[str], language: str) -> tuple[Fault, ...]:
    names = sorted(meta.find_undeclared_variables(proof.parse(body)))
    if not all(variables.is_declared(event, name) for name in names):
        return ()
    kinds = {
        name: values.of_variable(name, variables.variable_of(event, name), name not in always)
        for name in names
    }
    # Afresh: looking for names worked out the constants of the tree.
    return reading.faults_in(proof.parse(body), kinds) or fillings.faults_when_filled(
        event, body, names, always, language
    )


def word_faults(body: str, offered: frozenset[str]) -> tuple[Fault, ...]:
    """Of a text that belongs to no event, its variables plain words that are always known."""
    kinds = {name: values.of_variable(name, variables.PLAIN, may_lack=False) for name in offered}
    try:
        return shape_faults(body, offered) or reading.faults_in(proof.parse(body), kinds)
    except RecursionError:
        return (TOO_DEEP,)


def shape_faults(body: str, offered: frozenset[str]) -> tuple[Fault, ...]:
    """What can be told without asking what its variables are."""
    if not body.strip():
        return (Fault(None, "Mẫu tin đang trống. Xin viết nội dung, hoặc trở về mẫu của thư mục."),)
    if len(body) > LONGEST_SOURCE:
        return (Fault(None, f"Mẫu tin dài hơn {LONGEST_SOURCE} ký tự. Xin viết ngắn lại."),)
    try:
        tree = proof.parse(body)
        # Looking for names works out constants: only a tree without powers and the like may be asked.
        found = set(_node_faults(tree)) or set(_name_faults(body, offered))
    except TemplateSyntaxError as error:
        return (
            Fault(
                error.lineno, "Sai cú pháp. Xin sửa lại dấu ngoặc nhọn và các lệnh if, for, endif, endfor."
            ),
        )
    except RecursionError:
        return (TOO_DEEP,)
    except Exception:  # whatever a constant of the text provokes when it is worked out
        return (Fault(None, faults.unfit("giá trị viết sẵn")),)
    return tuple(sorted(found, key=lambda one: (one.line or 0, one.sentence)))


def _name_faults(body: str, offered: frozenset[str]):
    unknown = meta.find_undeclared_variables(proof.parse(body)) - offered
    # Afresh: looking for names leaves out of the tree what a constant decides, and the name that stood there.
    for node in proof.parse(body).find_all(nodes.Name):
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
