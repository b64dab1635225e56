import re
from datetime import datetime
from typing import Any

from ..errors import ZaloError

MAX_BY_TYPE = {
    "1": 30,  # customer name
    "2": 15,  # phone
    "3": 200,  # address
    "4": 30,  # code
    "5": 30,  # custom label
    "6": 30,  # transaction status
    "7": 50,  # contact
    "8": 5,  # gender, title
    "9": 200,  # product or brand name
    "10": 20,  # amount
    "11": 20,  # time
    "12": 10,  # one-time password
    "13": 200,  # address of a page
    "14": 12,  # money in VND
    "15": 90,  # bank transfer note
}
LONGEST = 200
NAME = re.compile(r"[A-Za-z0-9_]+")
PLACEHOLDER = re.compile(r"<([A-Za-z0-9_]+)>")
_TIME_FORMS = ("%d/%m/%Y", "%H:%M:%S %d/%m/%Y", "%H:%M %d/%m/%Y", "%m/%Y", "%H:%M", "%H:%M:%S")
_MONEY = re.compile(r"\d[\d.,]*")
_NUMBER = re.compile(r"-?\d[\d.,]*")
_PHONE = re.compile(r"\+?[\d ]{3,15}")


def describe(given: list[dict]) -> list[dict]:
    """The `listParams` form of what an author wrote, with every field present."""
    return [
        {
            "name": param["name"],
            "require": bool(param.get("require", True)),
            "type": str(param.get("type", "STRING")),
            "maxLength": int(param.get("maxLength") or MAX_BY_TYPE.get(str(param.get("type")), LONGEST)),
            "minLength": int(param.get("minLength") or 0),
            "acceptNull": bool(param.get("acceptNull", False)),
            "sampleValue": str(param.get("sample_value", param.get("sampleValue", ""))),
        }
        for param in given
    ]


def check(params: list[dict], data: Any) -> dict[str, str]:
    """`template_data` against the template's own list: -111, -112, -1121, -1122, -1124."""
    if data is None or data == {}:
        if any(param["require"] for param in params):
            raise ZaloError(-111)
        return {}
    if not isinstance(data, dict):
        raise ZaloError(-112, "template_data is not an object")
    for name, value in data.items():
        if not isinstance(value, str):
            raise ZaloError(-112, f"template_data.{name} is not a string")
    for param in params:
        _check_one(param, data)
    return data


def _check_one(param: dict, data: dict) -> None:
    name, value = param["name"], data.get(param["name"])
    if value is None or not value.strip():
        if param["require"] and not (param["acceptNull"] and name in data):
            raise ZaloError(-1122, f"template_data lacks the required parameter {name}")
        return
    if len(value) > param["maxLength"]:
        raise ZaloError(-1121, f"template_data.{name} is longer than {param['maxLength']} characters")
    if len(value) < param["minLength"] or not _fits(param["type"], value):
        raise ZaloError(-1124, f"template_data.{name} has a wrong format")


def _fits(kind: str, value: str) -> bool:
    match kind:
        case "11" | "DATE":
            return any(_is_time(value, form) for form in _TIME_FORMS)
        case "14" | "CURRENCY":
            return _MONEY.fullmatch(value) is not None
        case "NUMBER":
            return _NUMBER.fullmatch(value) is not None
        case "2" | "PHONE":
            return _PHONE.fullmatch(value) is not None
        case "12" | "OTP":
            return value.isalnum()
    return True


def _is_time(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only the form is of interest
    except ValueError:
        return False
    return True


def fill(text: str, data: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda found: data.get(found.group(1), ""), text)
