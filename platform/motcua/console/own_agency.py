"""An officer of one agency sees and handles that agency's dossiers; who has no agency, or may see all, everybody's."""

from flask_login import current_user

from motcua.accounts.granting import NotAllowed, admins_of
from motcua.accounts.realms import STAFF
from motcua.catalogue import listing
from motcua.catalogue.models import Agency
from motcua.dossiers import intake
from motcua.dossiers.models import Dossier

SEES_ALL = "dossier.view_all"


def bound_to() -> str | None:
    """The code of the agency whose dossiers the signed-in person is limited to; None: no limit."""
    return None if SEES_ALL in current_user.permissions else current_user.agency_code


def agencies() -> list[Agency]:
    """Those whose dossiers the signed-in person may see and take in."""
    own = bound_to()
    return [one for one in listing.agencies() if own in (None, one.code)]


def find(code: str) -> Dossier:
    """Raises DossierNotFound, and OtherAgency for what another agency handles."""
    dossier = intake.find(code)
    refuse_others(dossier)
    return dossier


def may_see(dossier: Dossier) -> bool:
    own = bound_to()
    return own is None or dossier.agency_code == own


def refuse_others(dossier: Dossier) -> None:
    if not may_see(dossier):
        raise OtherAgency(dossier)


def within() -> tuple:
    """The condition for a query of dossiers."""
    own = bound_to()
    return () if own is None else (Dossier.agency_code == own,)


class OtherAgency(NotAllowed):
    """Of the same province, so it is no secret that the dossier exists: the officer can say where to ask."""

    def __init__(self, dossier: Dossier):
        super().__init__(SEES_ALL, "staff")
        admins = ", ".join(admins_of(STAFF))
        named = f" ({admins})" if admins else ""
        self.message = (
            f"Hồ sơ {dossier.code} do {dossier.agency_name} giải quyết; tài khoản của ông/bà chỉ xem và xử lý hồ sơ "
            f"của cơ quan mình. Xin mời người dân hỏi cơ quan ấy, hoặc nhờ quản trị viên của tỉnh{named} đổi cơ quan."
        )
