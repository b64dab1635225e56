"""The desk's blueprint; its views are in the modules beside, which `pages` brings together."""

from flask import Blueprint, current_app, url_for
from flask_login import current_user

from motcua.console import labels

bp = Blueprint("desk", __name__, url_prefix="/console/dossiers")


@bp.context_processor
def words():
    return {"labels": labels, "staff": current_user, "form_url": form_url}


def form_url(code: str, number: str) -> str | None:
    """Where an official form of the dossier is printed; None where this installation prints none."""
    if "forms.show" in current_app.view_functions:
        return url_for("forms.show", code=code, number=number)
    return url_for("console.receipt", code=code) if number == "01" else None
