"""One dossier: where it stands, what can be done with it, and its whole line of time."""

from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.models import Staff
from motcua.accounts.permissions import requires
from motcua.catalogue import listing
from motcua.console import own_agency
from motcua.core.database import db
from motcua.core.errors import Invalid, NotFound
from motcua.core.language import said, t
from motcua.dossiers import finding, flags, promising, records, requests, workflow
from motcua.dossiers.adapters import pulling
from motcua.dossiers.forms import issuing, papers, sets
from motcua.dossiers.models import Dossier
from motcua.tenancy.hours_text import hours_line

from . import acting, acts, messages
from .blueprint import bp, form_url
from .forms import Typed, in_form
from .masking import masked_name
from .taking_in import FORM_OF

WAYS = {"desk": "Tại quầy", "post": "Qua bưu chính công ích", "electronic": "Bản điện tử"}
METHODS = {
    "national": "Cổng Dịch vụ công quốc gia",
    "local": "Hệ thống của tỉnh",
    "cash": "Tiền mặt tại quầy",
    "transfer": "Chuyển khoản",
}
ITEM_ROWS = 4


@dataclass(frozen=True)
class Attempt:
    """An act that was not done: what was typed, and why not."""

    act: str = ""
    typed: Typed = field(default_factory=lambda: Typed({}))
    faults: dict = field(default_factory=dict)
    fault: str = ""
    changed: acting.Changed | None = None


def page(dossier: Dossier, attempt: Attempt | None = None) -> str:
    events = workflow.line(dossier)
    kept = records.of(dossier)
    standing = acts.standing_of(dossier, events, kept)
    may_act = "dossier.act" in current_user.permissions
    closed = _closed_flags(dossier)
    return render_template(
        "console/dossier.html",
        dossier=dossier,
        events=events[::-1],
        messages=messages.of(dossier),
        flags=flags.open_flags(dossier),
        closed_flags=closed,
        closers=_names({one.closed_by for one in closed}),
        aliases=finding.aliases(dossier),
        as_of=pulling.as_of(dossier),
        forms=papers.available(dossier, events),
        issued=issuing.issued_for(dossier.id),
        form_sets=sets.SETS,
        requests=requests.of(dossier),
        people={role: masked_name(one["name"]) for role, one in dossier.people.items()},
        offers=acts.offers(standing) if may_act else [],
        standing=standing,
        attempt=attempt or Attempt(),
        agencies=listing.agencies() if may_act else [],
        office_hours=hours_line(promising.offices().of(dossier.agency_code).hours) if may_act else "",
        ways=WAYS,
        methods=METHODS,
        item_rows=range(ITEM_ROWS),
        untyped=Typed({}),
        done=_done(dossier, request.args.get("done", "")),
        staff=current_user,
        **kept,
    )


@bp.post("/<code>/act")
@requires("dossier.act")
def act(code: str):
    try:
        acted = acting.act_on(code, request.form, current_user)
        db.session.commit()
    except acting.Unconfirmed as error:
        db.session.rollback()
        return _confirm(code, error), error.status
    except (Invalid, acting.Changed) as error:
        db.session.rollback()
        if isinstance(error, acting.Changed):
            fault, faults, changed = error.message, {}, error
        else:
            (fault, faults), changed = in_form(error, acting.NAMES), None
        attempt = Attempt(request.form.get("act", ""), Typed(request.form), faults, fault, changed)
        return page(own_agency.find(code), attempt), error.status
    if not own_agency.may_see(acted.dossier):
        flash(
            f"Đã chuyển hồ sơ {acted.dossier.code} sang {acted.dossier.agency_name}; từ nay nơi ấy xử lý.",
            "success",
        )
        return redirect(url_for("desk.index"), 303)
    return redirect(url_for("console.dossier", code=acted.dossier.code, done=acted.act.key), 303)


def _confirm(code: str, error: acting.Unconfirmed) -> str:
    """What was typed goes along; the sentence stands only beside a name that was typed."""
    form = request.form
    return render_template(
        "console/desk/confirm.html",
        dossier=own_agency.find(code),
        act=error.act,
        name=acting.last_of(error.dossier.code),
        error=error.message if "name" in form else "",
        hidden={name: value for name, value in form.items() if name not in ("csrf_token", "name")},
    )


@bp.post("/<code>/flags")
@requires("dossier.act")
def close_flag(code: str):
    """Somebody looked at what waited for a person, and says what came of it."""
    dossier = own_agency.find(code)
    number = request.form.get("flag", "")
    flag = next((one for one in flags.open_flags(dossier) if str(one.id) == number), None)
    if flag is None:
        raise NotFound
    note = request.form.get("note", "").strip()[:500]
    if not note:
        flash("Xin ghi đã xem lại thế nào, rồi bấm “Đã xem”.", "error")
    else:
        flags.close(flag.id, current_user.id, note)
        db.session.commit()
    return redirect(url_for("console.dossier", code=dossier.code, _anchor="flags"), 303)


def _done(dossier: Dossier, key: str) -> dict | None:
    """What was just done, with the paper to print."""
    kind, _, decision = key.partition("_")
    if kind == "taken" and decision in FORM_OF:
        sentence = {
            "accept": f"Đã nhận hồ sơ {dossier.code}.",
            "supplement": f"Đã ghi hồ sơ {dossier.code} và yêu cầu bổ sung.",
            "refuse": f"Đã ghi hồ sơ {dossier.code} là không tiếp nhận.",
        }[decision]
        form = FORM_OF[decision]
        return {"sentence": sentence, "form": form, "url": form_url(dossier.code, form), "is_new": True}
    act = acts.BY_KEY.get(key)
    if act is None:
        return None
    url = form_url(dossier.code, act.form) if act.form else None
    sentence = t("Đã lưu: {act}.", act=said(act.title).lower())
    return {"sentence": sentence, "form": act.form, "url": url, "is_new": False}


def _closed_flags(dossier: Dossier) -> list[flags.DossierFlag]:
    return list(
        db.session.scalars(
            db.select(flags.DossierFlag)
            .where(flags.DossierFlag.dossier_id == dossier.id, flags.DossierFlag.closed_at.is_not(None))
            .order_by(flags.DossierFlag.closed_at.desc())
            .limit(50)
        )
    )


def _names(ids: set[int | None]) -> dict[int, str]:
    known = {one for one in ids if one is not None}
    if not known:
        return {}
    return dict(db.session.execute(db.select(Staff.id, Staff.full_name).where(Staff.id.in_(known))).all())
