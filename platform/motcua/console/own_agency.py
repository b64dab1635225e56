"""What the signed-in person sees and handles: one agency's work; everybody's without an agency, or who may see all.

Rooms that know their own records take the agency as `agency=`; what a room below dossiers cannot tell stands here.
"""

from flask_login import current_user

from motcua.accounts import own_agency
from motcua.accounts.granting import NotAllowed, admins_of
from motcua.accounts.own_agency import SEES_ALL
from motcua.accounts.realms import STAFF
from motcua.catalogue import listing
from motcua.catalogue.models import Agency
from motcua.dossiers import intake, ownership
from motcua.dossiers.models import Dossier
from motcua.messaging.models import Message


def bound_to() -> str | None:
    """The code of the agency whose work the signed-in person is limited to; None: no limit."""
    return own_agency.bound_to(current_user)


def name_of_bound() -> str | None:
    """What that agency is called, for the pages that show its work alone."""
    code = bound_to()
    return None if code is None else dict(listing.agency_names()).get(code, code)


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


def messages() -> tuple:
    """The condition for a query of messages: those of one's own dossiers. Whatever else is sent is the province's."""
    own = bound_to()
    return () if own is None else (ownership.is_of(own, Message),)


def refuse_bound() -> None:
    """For a page on what belongs to no one agency. Raises NotAllowed, which names who sees all."""
    if bound_to() is not None:
        raise NotAllowed(SEES_ALL, "staff")


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
