"""How the table of variables is written: one short call for each kind."""

from .variable import Variable


def text(longest: int, example: str, example_en: str | None = None) -> Variable:
    return Variable("text", longest, example, example_en)


def texts(most: int, longest: int, *examples: str, total: int | None = None) -> Variable:
    item = Variable("text", longest, examples[0])
    return Variable("list", most, examples, total=total, item=item)


def rows(most: int, *examples: dict, **fields: Variable) -> Variable:
    return Variable("list", most, examples, fields=tuple(fields.items()))


def count(most: int, example: int) -> Variable:
    return Variable("count", most, example)


def choice(*choices: str, brings: dict[str, tuple[str, ...]] | None = None) -> Variable:
    return Variable(
        "choice", max(map(len, choices)), choices[0], choices=choices, brings=tuple((brings or {}).items())
    )


MOMENT = Variable("moment", 36, "10 giờ 00, thứ Năm 28/11/2024", "10:00 on Thursday 28 Nov 2024")
MONEY = Variable("money", 24, "1.200.000 đồng", "1,200,000 VND")
FLAG = Variable("flag", 1, example=True)
URL = Variable("url", 160, "https://dichvucong.binhthuan.gov.vn/t/K7Q2M9XD4F3A")
PHONE = Variable("phone", 20, "0252 3822 222")
CODE = Variable("code", 40, "000.00.01.H11-241126-0007")
