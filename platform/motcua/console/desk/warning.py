"""`/console/dossiers/warnings`: what the desk must not miss, by the clock and by what happened."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.catalogue import listing as agencies_listing
from motcua.console import own_agency
from motcua.core.database import db
from motcua.dossiers import flags, listing, promising

from .blueprint import bp
from .finding import chosen_agency, owners_of

# The clock's lists show these dossiers already, and forget them by themselves.
BY_THE_CLOCK = ("due_in_2_days", "due_in_1_day", "overdue_without_apology", "silent")
# Of the others, what comes first when the day begins.
ORDER = (
    "supplement_lapsed", "second_supplement", "apology_late", "second_apology", "recalled_without_reason",
    "corrected_without_reason", "sync_conflict", "unexpected_step", "unknown_local_code", "recalled", "corrected",
)  # fmt: skip


@bp.get("/warnings")
@requires("dossier.view")
def warnings():
    """`?kind=` shows one kind of flag only."""
    agency = chosen_agency()
    calendar = promising.offices().of(agency)
    moments = listing.Moments.of(calendar)
    found = listing.warnings(moments, calendar, agency)
    kind = request.args.get("kind")
    kind = kind if kind in flags.KINDS else None
    flagged = flags.listed(kind, agency=agency, but=() if kind else BY_THE_CLOCK)
    flagged.sort(key=lambda row: ORDER.index(row[0].kind) if row[0].kind in ORDER else -1)
    counts = flags.counts(agency)
    return render_template(
        "console/desk/warnings.html",
        found=found,
        owners=owners_of([dossier for one in found for dossier in one.dossiers]),
        now=moments.now,
        flagged=flagged,
        kinds=[(one, flags.KINDS[one], counts[one]) for one in ORDER if counts.get(one)],
        chosen=kind,
        agency=agency,
        asked=request.args.get("agency"),
        agencies=agencies_listing.agencies() if own_agency.bound_to() is None else [],
    )


@bp.post("/warnings/<int:number>")
@requires("dossier.act")
def close_warning(number: int):
    note = " ".join(request.form.get("note", "").split())[:300] or None
    flag = flags.close(number, current_user.id, note, agency=own_agency.bound_to())
    db.session.commit()
    flash(f"Đã ghi là đã xem: {flag.name}.", "success")
    kept = {name: request.form[name] for name in ("kind", "agency") if name in request.form}
    return redirect(url_for("desk.warnings", **kept, _anchor="xem-lai"), 303)
