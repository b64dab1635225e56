"""`motcua audit …`, and what commands themselves leave in the log."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from motcua import audit
from motcua.audit import anchoring
from motcua.audit.models import PLATFORM, AuditEntry
from motcua.cli import main
from motcua.core.database import db, tenant_scope
from tests.factories import TENANTS, make_province

SLUG = "da-nang"


@pytest.fixture
def motcua(settings, app, national, monkeypatch):
    for name, role in (("", "app"), ("OWNER_", "owner"), ("REPORT_", "report")):
        monkeypatch.setenv(f"DATABASE_{name}URL", settings.database_urls[role])
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("MOTCUA_VAR", str(settings.var))
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def log(motcua):
    make_province(SLUG)
    with tenant_scope(SLUG):
        for at in range(4):
            audit.record("agency.change", f"agency {at}")
            db.session.commit()


def entries(chain_id: str) -> list[AuditEntry]:
    with tenant_scope(chain_id):
        return db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.number)).all()


def tamper(owner_engine) -> None:
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('motcua.tenant_id', :id, true)"), {"id": SLUG})
        connection.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(text("DELETE FROM audit_entry WHERE number = 3"))
        connection.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))


def test_a_whole_log_verifies_and_a_hole_is_named(log, motcua, owner_engine):
    whole = motcua("audit", "verify", "--tenant", SLUG)
    assert (whole.exit_code, "Nguyên vẹn từ mục 1" in whole.output) == (0, True)

    tamper(owner_engine)

    broken = motcua("audit", "verify", "--tenant", SLUG)
    assert (broken.exit_code, "mục số 3 thiếu mục này" in broken.output) == (1, True)


def test_an_export_is_verified_without_a_database(log, motcua, tmp_path, monkeypatch):
    exported = motcua("audit", "export", "--tenant", SLUG).output
    file = tmp_path / "export.jsonl"
    file.write_text(exported)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "postgresql://nobody@127.0.0.1:1/none")

    assert motcua("audit", "verify", "--file", str(file)).exit_code == 0
    file.write_text(exported.replace("agency 2", "agency 9"))
    broken = motcua("audit", "verify", "--file", str(file))

    assert (broken.exit_code, "mục số 3" in broken.output) == (1, True)


def test_anchors_are_exported_and_checked_against(log, motcua, tmp_path):
    anchoring._done.clear()
    with tenant_scope(SLUG):
        anchoring.anchor_today()
    kept = tmp_path / "anchors.jsonl"
    kept.write_text(motcua("audit", "anchors", "--tenant", SLUG).output)

    assert motcua("audit", "verify", "--tenant", SLUG, "--anchors", str(kept)).exit_code == 0
    anchor = json.loads(kept.read_text())
    kept.write_text(json.dumps(anchor | {"hash": "0" * 64}))
    refused = motcua("audit", "verify", "--tenant", SLUG, "--anchors", str(kept))

    assert (refused.exit_code, "mốc niêm phong" in refused.stderr) == (1, True)


@pytest.mark.parametrize("words", [(), ("--tenant", SLUG, "--file", __file__)])
def test_it_must_be_said_what_to_verify(motcua, words):
    assert motcua("audit", "verify", *words).exit_code == 2


def test_nothing_of_the_last_year_is_pruned(log, motcua):
    refused = motcua("audit", "prune", "--tenant", SLUG, "--before", "2026-11-01")

    assert (refused.exit_code, "12 tháng" in refused.stderr) == (1, True)


def test_a_command_that_wrote_something_is_in_the_log_by_its_name(motcua):
    assert motcua("tenant", "apply", str(TENANTS / SLUG)).exit_code == 0
    assert motcua("api-key", "issue", "--tenant", SLUG, "--label", "iGate").exit_code == 0

    province, platform = entries(SLUG), entries(PLATFORM)
    assert [one.action for one in province] == ["command.tenant.apply", "api_key.issue"]
    assert [one.action for one in platform] == ["command.tenant.apply"]
    assert {one.actor_kind for one in (*province, *platform)} == {"command"}
    assert province[1].actor_name == "motcua api-key issue"


def test_a_command_that_only_reads_leaves_nothing(log, motcua):
    motcua("tenant", "list")
    motcua("api-key", "list", "--tenant", SLUG)

    assert len(entries(SLUG)) == 4
    assert entries(PLATFORM) == []
    assert audit.actor() == audit.SYSTEM
