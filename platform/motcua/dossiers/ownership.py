"""Whether what hangs on a dossier (a message, a complaint, a warning) is the work of one agency: the dossier's own."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from .models import Dossier


def is_of(agency: str, table) -> ColumnElement[bool]:
    """True of rows of `table`, which has tenant_id and dossier_id, on a dossier that this agency handles.

    Asked row by row: a list that stops early must not first collect all dossiers of the agency.
    """
    its = aliased(Dossier)  # the list itself may name the dossiers, too
    return (
        select(1)
        .where(its.tenant_id == table.tenant_id, its.id == table.dossier_id, its.agency_code == agency)
        .exists()
    )
