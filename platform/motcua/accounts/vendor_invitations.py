"""Inviting the vendor's own people."""

from . import invitations, realms


def invite(email: str, full_name: str, role: str, *, by: str = "hệ thống") -> str:
    """The link, to hand over where no letter arrives. Raises as `invitations.invite`; does not commit."""
    return invitations.invite_to(realms.VENDOR, email, full_name, role, by=by)
