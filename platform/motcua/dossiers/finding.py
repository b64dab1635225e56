"""Finding a dossier by its code, by another code of it, or by the token of its QR."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import Invalid, NotFound

from . import codes
from .models import Dossier, DossierAlias

_other = aliased(Dossier)
_OWN = db.select(_other.id).where(_other.code == db.bindparam("code")).scalar_subquery()
_ALIAS = db.select(DossierAlias.dossier_id).where(DossierAlias.code == db.bindparam("code")).scalar_subquery()
_BY_ANY_CODE = db.select(Dossier).where(Dossier.id == db.func.coalesce(_OWN, _ALIAS))


class DossierNotFound(NotFound):
    code = "dossier_not_found"
    message = "Không tìm thấy hồ sơ này. Xin kiểm tra lại mã hồ sơ trên giấy tiếp nhận."


def find(code: str) -> Dossier:
    """The dossier of the tenant in scope, by its own or another code of it.

    Raises DossierNotFound, also for an impossible code.
    """
    dossier = look_up(code)
    if dossier is None:
        raise DossierNotFound
    return dossier


def look_up(code: str) -> Dossier | None:
    """By its own or another code; read anew, whatever this session knew of it."""
    query = _BY_ANY_CODE.execution_options(populate_existing=True)
    return db.session.scalar(query, {"code": codes.folded(code)})


def find_by_token(token: str) -> Dossier:
    """The dossier behind a QR's token. Raises DossierNotFound."""
    dossier = look_up_token(token)
    if dossier is None:
        raise DossierNotFound
    return dossier


def look_up_token(token: str) -> Dossier | None:
    return db.session.scalar(db.select(Dossier).where(Dossier.token == token))


def aliases(dossier: Dossier) -> list[str]:
    if not dossier.has_aliases:
        return []
    return list(
        db.session.scalars(
            db.select(DossierAlias.code)
            .where(DossierAlias.dossier_id == dossier.id)
            .order_by(DossierAlias.code)
        )
    )


def keep_aliases(dossier: Dossier, given: list[str]) -> None:
    """Make the dossier's other codes exactly `given`. Raises Invalid for one that another dossier has."""
    wanted = {codes.folded(one) for one in given} - {"", dossier.code}
    if not wanted and not dossier.has_aliases:
        return
    gone = db.delete(DossierAlias).where(
        DossierAlias.dossier_id == dossier.id, DossierAlias.code.not_in(wanted)
    )
    db.session.execute(gone)
    for one in sorted(wanted):
        values = {"tenant_id": scope.required(), "dossier_id": dossier.id, "code": one}
        db.session.execute(insert(DossierAlias).values(values).on_conflict_do_nothing())
    held = db.select(DossierAlias.code, DossierAlias.dossier_id).where(DossierAlias.code.in_(wanted))
    others = [code for code, holder in db.session.execute(held) if holder != dossier.id]
    others += db.session.scalars(db.select(Dossier.code).where(Dossier.code.in_(wanted)))
    if others:
        sentence = (
            f"Mã {', '.join(sorted(set(others)))} đã thuộc hồ sơ khác. Xin kiểm tra lại mã hồ sơ liên quan."
        )
        raise Invalid(details={"aliases": [sentence]})
    dossier.has_aliases = bool(wanted)
