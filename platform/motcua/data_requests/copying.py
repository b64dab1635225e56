"""A copy of what is held about one person, for that person: as a page and as JSON, in one ZIP.

What is about others stays masked: officers' words as they were said to the person, nobody else's number.
"""

import hashlib
import io
import json
import secrets
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.core.masking import masked
from motcua.dossiers.models import Dossier, DossierPhone
from motcua.dossiers.wording import moment
from motcua.tenancy import current

from . import erasing, held
from .models import DataRequest

LINK_LASTS = timedelta(hours=72)
MOST_ROWS = 2_000  # of one kind
OWN_WORDS = frozenset({"phone_encrypted"})  # theirs whole; other texts may name others


def sections(subject: held.Subject, phones: set[str]) -> list[dict[str, Any]]:
    """[{"title", "columns": [name], "rows": [[text]]}] of everything that a copy shows and that is there.

    `phones` are the person's own numbers (84…).
    """
    found = [_dossiers(subject, phones)]
    for holding, rows in held.each(subject):
        if holding.shown:
            table = held.table_of(holding)
            query = db.select(*(table.c[name] for name in holding.shown)).where(rows)
            lines = db.session.execute(query.order_by(table.c.id).limit(MOST_ROWS)).all()
            found.append(
                {
                    "title": holding.title,
                    "columns": list(holding.shown.values()),
                    "rows": [
                        [
                            _plain(holding, name, value)
                            for name, value in zip(holding.shown, line, strict=True)
                        ]
                        for line in lines
                    ],
                }
            )
    return [one for one in found if one["rows"]]


def _dossiers(subject: held.Subject, phones: set[str]) -> dict[str, Any]:
    """Those on which the person's phone stands: their own entry whole, of others only that they are there."""
    of_phone = db.select(DossierPhone.dossier_id).where(DossierPhone.phone_index.in_(subject.phones))
    dossiers = db.session.scalars(db.select(Dossier).where(Dossier.id.in_(of_phone)).limit(MOST_ROWS)).all()
    rows = [
        [one.code, one.procedure_name, moment(one.received_at) or "", one.status_name, _own(one, phones)]
        for one in dossiers
    ]
    columns = ["Mã hồ sơ", "Thủ tục", "Tiếp nhận", "Trạng thái", "Dữ liệu của ông/bà trong hồ sơ"]
    return {"title": "Hồ sơ có số điện thoại của ông/bà", "columns": columns, "rows": rows}


def _own(dossier: Dossier, phones: set[str]) -> str:
    mine = [person for person in dossier.people.values() if person and person.get("phone") in phones]
    return "; ".join(", ".join(str(value) for value in person.values() if value) for person in mine)


def _plain(holding: held.Holding, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name in holding.sealed:
        opened = _opened(holding.sealed[name], value)
        return opened if name in OWN_WORDS else masked(opened)
    if isinstance(value, datetime):
        return moment(value) or ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _opened(purpose: str, stored: str) -> str:
    try:
        return crypto.keyring().decrypt(scope.required(), purpose, stored)
    except MotcuaError:  # a key that was thrown away: nobody can read it any more
        return "(không đọc được)"


def archive(request: DataRequest) -> bytes:
    """The ZIP with `ban-sao.html` and `ban-sao.json`."""
    subject = erasing.subject_of(request)
    phones = {one for one in (request.phone, *(citizen.phone for citizen in subject.citizens)) if one}
    found = sections(subject, phones)
    told = {
        "province": current.province_name(),
        "request": request.id,
        "made_at": now().isoformat(),
        "data": found,
    }
    # A file is no page: what pages know of the request that asks for them is not there when a job draws it.
    page = current_app.jinja_env.get_template("data_requests/copy.html").render(
        sections=found,
        request_number=request.id,
        made_at=moment(now()),
        province=told["province"],
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ban-sao.html", page)
        file.writestr("ban-sao.json", json.dumps(told, ensure_ascii=False, indent=1))
    return made.getvalue()


def offer_link(request: DataRequest) -> str:
    """A link that opens once, for LINK_LASTS; does not commit."""
    key = secrets.token_urlsafe(24)
    request.copy_key_hash, request.copy_expires_at = _hash(key), now() + LINK_LASTS
    return current.public_url(f"/data-copies/{key}")


def find(key: str, *, lock: bool = False) -> DataRequest:
    """Raises NotFound, alike for a wrong, a used and an old link."""
    query = db.select(DataRequest).where(
        DataRequest.copy_key_hash == _hash(key), DataRequest.copy_expires_at > now()
    )
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(
            "Liên kết đã dùng hoặc đã hết hạn. Xin nhắn “dữ liệu của tôi” cho OA để nhận liên kết khác."
        )
    return found


def take(key: str) -> bytes:
    """The archive; the link is used up. Commits."""
    request = find(key, lock=True)
    made = archive(request)
    request.copy_key_hash = request.copy_expires_at = None
    db.session.commit()
    return made


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
