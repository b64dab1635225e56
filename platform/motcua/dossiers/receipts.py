"""What stands on the printed receipt (giấy tiếp nhận hồ sơ và hẹn trả kết quả, form 01 of TT 03/2025/TT-VPCP)."""

from motcua.catalogue import lookup
from motcua.core import qr
from motcua.core.database import db
from motcua.tenancy import current
from motcua.zalo.phone import mask_phone

from . import codes, news, wording
from .models import Dossier, DossierEvent
from .statuses import Status

CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính công ích"}


def contents(dossier: Dossier) -> dict:
    """Everything the page shows. Phones and ID numbers are masked: receipts get photographed."""
    people = dossier.people
    submitter = people.get("submitter") or people["owner"]
    procedure = lookup.find_procedure(dossier.procedure_code)
    url = news.tracking_url(dossier)
    return {
        "dossier": dossier,
        "channel": CHANNELS[dossier.channel],
        "papers": dossier.papers or (procedure.facts.papers_required() if procedure else []),
        "papers_are_stated": bool(dossier.papers),
        "owner": people["owner"],
        "submitter": submitter,
        "submitter_phone": mask_phone(submitter["phone"]) if submitter.get("phone") else None,
        "submitter_id": wording.masked_id(submitter["id_number"]) if submitter.get("id_number") else None,
        "time_by_law": procedure.facts.describe_time_for(dossier.channel) if procedure else None,
        "received": wording.moment(dossier.received_at),
        "due": wording.moment(dossier.due_at),
        "tracking_url": url,
        "follow_code": codes.spaced(dossier.token),
        "qr": qr.for_page(url),
        "receiving_officer": _receiving_officer(dossier),
        "account": current.official_account(),
    }


def _receiving_officer(dossier: Dossier) -> str | None:
    """Who took the dossier in, not who holds it now."""
    return db.session.scalar(
        db.select(DossierEvent.officer)
        .where(DossierEvent.dossier_id == dossier.id, DossierEvent.status == Status.ACCEPTED)
        .order_by(DossierEvent.occurred_at, DossierEvent.id)
        .limit(1)
    )
