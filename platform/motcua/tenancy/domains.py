"""Showing Zalo that a web host is ours: a file or a meta tag with the token that Zalo gave out.

Zalo accepts links and a webhook address only on hosts that it has verified (developers.zalo.me, app settings).
"""

import re

from sqlalchemy.dialects.postgresql import insert

from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid

from .models import DomainProof

_GIVEN = r"([A-Za-z0-9_-]{8,200})"
_FILE_OR_BARE = re.compile(rf"(?:zalo_verifier)?{_GIVEN}(?:\.html)?")
_META = re.compile(rf"content\s*=\s*[\"']{_GIVEN}[\"']")
LONGEST_SENTENCE = 2000


class DomainProofInvalid(Invalid):
    code = "domain_proof_invalid"
    message = (
        "Chưa đọc được mã xác minh. Xin dán tên tệp zalo_verifier….html, thẻ meta, hoặc chính mã mà trang "
        "developers.zalo.me hiện ra."
    )


def read_token(pasted: str) -> str:
    """The token in a file name, a meta tag or a bare token. Raises DomainProofInvalid."""
    found = _META.search(pasted) if "<" in pasted else _FILE_OR_BARE.fullmatch(pasted.strip())
    if found is None:
        raise DomainProofInvalid
    return found[1]


def keep(host: str, pasted_token: str, sentence: str) -> DomainProof:
    """Show this proof on `host` from now on, in place of an earlier one; commits.

    `sentence` is the whole content of the file that Zalo offers; empty where only the meta tag is used.
    Raises DomainProofInvalid. The caller checks that `host` is the asker's own.
    """
    token, sentence = read_token(pasted_token), sentence.strip()
    if len(sentence) > LONGEST_SENTENCE or "\x00" in sentence:
        raise DomainProofInvalid(
            f"Nội dung tệp xác minh dài quá {LONGEST_SENTENCE} ký tự. Xin dán đúng nội dung tệp tải từ Zalo."
        )
    values = {"token": token, "sentence": sentence, "created_at": now()}
    db.session.execute(
        insert(DomainProof)
        .values(host=host, **values)
        .on_conflict_do_update(index_elements=[DomainProof.host], set_=values)
    )
    db.session.commit()
    return db.session.get(DomainProof, host, populate_existing=True)


def proof_of(host: str) -> DomainProof | None:
    return db.session.get(DomainProof, host)
