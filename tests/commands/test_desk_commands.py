"""What an operator does for the desk: an officer's agency, and old dossiers found by name."""

from motcua.accounts.models import Staff
from motcua.core.database import db, tenant_scope
from motcua.dossiers import people_index
from motcua.dossiers.people_index import DossierPerson
from tests.commands.test_cli import motcua  # noqa: F401
from tests.factories import make_dossier, make_province

WORDS = ("--email", "ha@da-nang.example", "--name", "Phạm Thu Hà", "--password", "gió bấc thổi qua đồng lúa")


def test_an_officer_belongs_to_a_known_agency(motcua):  # noqa: F811
    make_province("da-nang")

    unknown = motcua("staff", "add", "--tenant", "da-nang", "--agency", "so-khong-co", *WORDS)
    known = motcua("staff", "add", "--tenant", "da-nang", "--agency", "ubnd-phuong", *WORDS)

    assert (unknown.exit_code, known.exit_code) == (1, 0)
    assert "agencies.csv" in unknown.stderr
    with tenant_scope("da-nang"):
        assert db.session.scalars(db.select(Staff)).one().agency_code == "ubnd-phuong"


def test_dossiers_from_before_are_found_by_name_afterwards(motcua):  # noqa: F811
    make_province("da-nang")
    with tenant_scope("da-nang"):
        ids = {make_dossier().id for _ in range(3)}
        db.session.execute(db.delete(DossierPerson))
        db.session.commit()

    runs = [motcua("dossier", "index-people", "--tenant", "da-nang").exit_code for _ in range(2)]

    assert runs == [0, 0]
    with tenant_scope("da-nang"):
        assert set(db.session.scalars(people_index.found_by(people_index.of_name("nguyen thi lan")))) == ids
