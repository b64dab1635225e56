"""Finding a dossier by its code, by another code of it, or by the token of its QR."""

from sqlalchemy.dialects.postgresql import insert

from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import Invalid, NotFound

from . import codes
from .models import Dossier, DossierAlias


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
    try:
        dossier = of_code(codes.normalise(code))
    except Invalid:
        dossier = None  # another system's codes may have another form
    return dossier or of_alias(code)


def of_code(code: str) -> Dossier | None:
    """By the code in its printed form; read anew, whatever this session knew of it."""
    query = db.select(Dossier).where(Dossier.code == code)
    return db.session.scalar(query.execution_options(populate_existing=True))


def of_alias(code: str) -> Dossier | None:
    return db.session.scalar(
        db.select(Dossier)
        .join(
            DossierAlias,
            (DossierAlias.tenant_id == Dossier.tenant_id) & (DossierAlias.dossier_id == Dossier.id),
        )
        .where(DossierAlias.code == codes.folded(code))
    )


def find_by_token(token: str) -> Dossier:
    """The dossier behind a QR's token. Raises DossierNotFound."""
    dossier = db.session.scalar(db.select(Dossier).where(Dossier.token == token))
    if dossier is None:
        raise DossierNotFound
    return dossier


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
    wanted = {codes.folded(one) for one in given} - {dossier.code}
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
