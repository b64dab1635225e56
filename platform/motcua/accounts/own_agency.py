"""Whose work is whose inside a province: docs/accounts.md says, kind by kind, what an officer of one agency sees."""

SEES_ALL = "dossier.view_all"


def bound_to(person) -> str | None:
    """The code of the one agency whose work this member of staff sees and does; None: every agency's."""
    return None if SEES_ALL in person.permissions else person.agency_code
