"""A province's whole list of 20,000 rows: read and checked, applied, undone, and found in the list again."""

import time
from collections.abc import Callable

from motcua.catalogue import listing
from motcua.catalogue.importing import applying, checking, imports
from motcua.catalogue.listing import Filter
from motcua.core.database import db, tenant_scope
from tests.catalogue.sheets import big_sheet, rows_of
from tests.installation import SLUG, Installation

ROWS = 20_000
STAFF = "Phạm Thu Hà"


def catalogue_import(home: Installation) -> dict[str, float]:
    """Seconds, one after the other, in one process."""
    home.renew()
    figures: dict[str, float] = {}

    def timed(name: str, action: Callable):
        began = time.perf_counter()
        result = action()
        figures[name] = round(time.perf_counter() - began, 2)
        return result

    with home.app.app_context(), tenant_scope(SLUG):
        data = big_sheet(ROWS)
        one = timed("upload_s", lambda: imports.receive("danh-muc.xlsx", data, STAFF))
        db.session.commit()
        mapping = imports.mapping_for(one, imports.beginning_of(one))
        imports.start_check(one, one.sheet, mapping.header_row, mapping.columns, False)
        db.session.commit()
        state = timed(f"check_{ROWS}_rows_s", lambda: checking.check(one.id))
        assert state == "ready" and one.rows_checked == ROWS, (state, one.failure)
        timed("apply_s", lambda: applying.apply(one.id, STAFF))
        page = timed("search_of_20000_s", lambda: listing.find_page(Filter("ngu dan so 15")))
        assert page.total > 100
        timed("undo_s", lambda: applying.undo(one.id, STAFF))
        assert len(rows_of(one, "new")) > 19_000
    return figures
