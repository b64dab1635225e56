"""What may stand in an entry: no telephone, paper or plate number, nothing long, nothing JSON cannot repeat."""

import ipaddress
import re
from datetime import date, datetime
from itertools import cycle
from typing import Any

from motcua.core import crypto
from motcua.core.masking import masked

LONGEST = 300  # letters of one value
MOST = 60  # values of one list or group
DEEPEST = 5
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# A dossier's code and a procedure's are long rows of digits that name a record, not a person.
_CODE = re.compile(r"(?<!\S)([A-Z0-9]+(?:\.[A-Z0-9]+){1,6}-\d{6}-\d{1,8}|\d\.\d{6}(?:\.[A-Z0-9.]+)?)(?!\S)")


def cleaned(value: Any, depth: int = 0) -> Any:
    """`value` as strings, whole numbers, truths, lists and groups; texts masked and cut."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, dict) and depth < DEEPEST:
        return {line(str(name), 80): cleaned(one, depth + 1) for name, one in list(value.items())[:MOST]}
    if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
        ordered = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [cleaned(one, depth + 1) for one in list(ordered)[:MOST]]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return line(str(value), LONGEST)


def line(text: str, longest: int = LONGEST) -> str:
    """One text, masked, without control characters, at most `longest` letters."""
    pieces = _CODE.split(_UNWANTED.sub("", text))
    text = "".join(
        piece if is_code else masked(piece) for piece, is_code in zip(pieces, cycle((False, True)))
    )
    return text if len(text) <= longest else text[: longest - 1] + "…"


def masked_address(chain_id: str, address: str) -> str:
    """`203.0.113.x #1a2b3c4d5e6f`: the network, and a fingerprint that tells two addresses of it apart."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    network = ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False)
    shown = str(network.network_address)
    shown = shown.rpartition(".")[0] + ".x" if parsed.version == 4 else shown + "x"
    return f"{shown} #{crypto.keyring().blind_index(chain_id, 'audit:address', str(parsed))[:12]}"
