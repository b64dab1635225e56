"""A filled form of the desk, and texts of its pages."""

import uuid

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake, records, workflow
from tests.console.conftest import admin, officer, without_tokens  # noqa: F401
from tests.dossiers.test_promising import takes

NEW = "/console/dossiers/new"


def filled(**given) -> dict:
    """What an officer typed for a marriage; a value of ... leaves the field out."""
    form = {
        "procedure": "1.000894",
        "submission": str(uuid.uuid4()),
        "channel": "counter",
        "agency": "ubnd-phuong",
        "code": "",
        "owner_name": "Nguyễn Thị Lan",
        "owner_phone": "0912 345 678",
        "owner_id": "060190012345",
        "decision": "accept",
        "paper-0-originals": "1",
        "paper-0-copies": "0",
    }
    return {name: value for name, value in (form | given).items() if value is not ...}


def text(answer) -> str:
    return answer.get_data(as_text=True)


def code_of(answer) -> str:
    """Of the dossier that the answer leads to."""
    assert answer.status_code == 303, text(answer)
    return answer.headers["Location"].split("/")[-1].partition("?")[0]


@pytest.fixture
def identified(two_provinces):
    """The commune has an identifier, and the procedure a time limit."""
    from motcua.catalogue.models import Agency

    with tenant_scope("binh-thuan"):
        takes("5 ngày làm việc")
        agency = db.session.scalars(db.select(Agency)).one()
        agency.national_code, agency.desk_name = "H36.5", "Trung tâm Phục vụ hành chính công phường Một"
        db.session.commit()


class Kept:
    """A dossier as it is in the database."""

    def __init__(self, code: str):
        with tenant_scope("binh-thuan"):
            self.dossier = intake.find(code)
            self.events = workflow.line(self.dossier)
            self.records = records.of(self.dossier)
            self.people = self.dossier.people
