"""Where the sources disagree on how Zalo wants to be asked: our choice, and the switch to the other reading.

A live OA tells which is right by refusing the wrong one (-106, -123, -201); then it is a setting, not a
release.
"""

from dataclasses import dataclass, fields
from typing import Any, Self

from motcua.core.errors import Misconfigured

_CHOICES = {
    "hashed_phone_path": ("/message/template/hashphone", "/message/template/hash_phone"),
    "visitor_path": ("/v3.0/oa/message/cs", "/v2.0/oa/message"),
    "user_update_path": ("/v2.0/oa/updatefollowerinfo", "/v3.0/oa/user/update"),
    "report_method": ("GET", "POST"),
    "rsa_mask_hash": ("sha256", "sha1"),
}


@dataclass(frozen=True)
class Dialect:
    """`visitor_path`: where messages to web visitors go. `user_update_path`: its v3.0 form nests what the
    citizen shared and also takes an alias and our own id. `report_method`: how ratings and quick replies are
    fetched. `rsa_mask_hash`: the hash inside RSA-OAEP's mask; the documented name says SHA-256, Java's own
    provider means SHA-1 by it. `nested_recipient`: templates by user id with `recipient: {user_id}`.

    Raises Misconfigured for a value that is no known reading.
    """

    hashed_phone_path: str = _CHOICES["hashed_phone_path"][0]
    visitor_path: str = _CHOICES["visitor_path"][0]
    user_update_path: str = _CHOICES["user_update_path"][0]
    report_method: str = _CHOICES["report_method"][0]
    rsa_mask_hash: str = _CHOICES["rsa_mask_hash"][0]
    nested_recipient: bool = False

    def __post_init__(self):
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                _refuse(name, " hoặc ".join(choices))
        if not isinstance(self.nested_recipient, bool):
            _refuse("nested_recipient", "true hoặc false")

    @classmethod
    def from_settings(cls, given: dict[str, Any]) -> Self:
        """From a table of settings; Misconfigured also for a name that is none of ours."""
        known = {field.name for field in fields(cls)}
        for name in given:
            if name not in known:
                _refuse(str(name), "một trong: " + ", ".join(sorted(known)), what="Tên")
        return cls(**given)


def _refuse(name: str, choices: str, what: str = "Giá trị") -> None:
    sentence = f"{what} của cách gọi Zalo “{name}” chưa đúng. Xin đặt là {choices}."
    raise Misconfigured(sentence, details={name: [sentence]})
