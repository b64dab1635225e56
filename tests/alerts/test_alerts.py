"""Admins hear of an OA that only they can mend: in the console, by e-mail, and until it is mended."""

import contextlib
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import func

from motcua.alerts import jobs, watching
from motcua.alerts.models import Alert
from motcua.core import throttle
from motcua.core.database import db, tenant_scope
from motcua.sweeper import sweep_all
from motcua.tenancy.models import OfficialAccount
from tests.factories import make_staff
from tests.signing_in import sign_in
from tests.simulated import free_port


class Letterbox:
    """Keeps what a mail server was handed."""

    def __init__(self):
        self.letters: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server, session, envelope):
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((envelope.rcpt_tos, letter.get_content()))
        return "250 OK"


@pytest.fixture
def letterbox(app):
    box = Letterbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    with settings_of(app, smtp_url=f"smtp://127.0.0.1:{port}"):
        yield box
    server.stop()


@contextlib.contextmanager
def settings_of(app, **changed):
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(ours, **changed)
    yield
    app.config["SETTINGS"] = ours


def account() -> OfficialAccount:
    return db.session.scalars(db.select(OfficialAccount)).one()


def lose_consent() -> None:
    account().state = "needs_consent"
    db.session.commit()


def console(app, role: str) -> str:
    client = sign_in(app.test_client(), make_staff("binh-thuan", role=role))
    return client.get("/console/", headers={"Host": "binh-thuan.localhost"}).get_data(as_text=True)


def test_a_lost_grant_opens_one_alert_however_often_one_looks(province):
    lose_consent()

    for _ in range(3):
        watching.look()

    assert [(one.kind, one.subject) for one in watching.open_alerts()] == [("oa_needs_consent", "main")]
    assert "bấm “Kết nối”" in watching.shown()[0].sentence


def test_the_alert_closes_when_the_admin_has_connected_again(province):
    lose_consent()
    watching.look()

    account().state = "connected"
    db.session.commit()
    watching.look()

    assert watching.open_alerts() == []
    assert db.session.scalar(db.select(func.count()).select_from(Alert)) == 1


def test_an_oa_that_zalo_refuses_as_a_whole_is_told_with_zalos_reason(province):
    circuit = watching.circuit_of(account(), "zbs")
    throttle.note_results(circuit, ok=0, failed=1, open_for_s=600, why="Xin gia hạn gói dịch vụ của OA.")

    watching.look()

    assert "Xin gia hạn gói dịch vụ của OA." in watching.shown()[0].sentence


def test_a_short_pause_alarms_nobody(province):
    throttle.note_results(watching.circuit_of(account(), "zbs"), ok=0, failed=1, open_for_s=5)

    watching.look()

    assert watching.open_alerts() == []


def test_the_sweep_looks_by_itself(province):
    lose_consent()

    sweep_all()

    with tenant_scope("binh-thuan"):
        assert len(watching.open_alerts()) == 1


def test_every_admin_gets_one_letter(province, letterbox):
    admins = [make_staff("binh-thuan", role="province_admin").email for _ in range(2)]
    make_staff("binh-thuan", role="officer")
    make_staff("binh-thuan", role="province_admin", is_enabled=False)
    lose_consent()
    watching.look()
    db.session.commit()

    sent = [jobs.mail("binh-thuan"), jobs.mail("binh-thuan")]

    assert sent == [2, 0]
    [(to, letter)] = letterbox.letters
    assert to == admins
    assert "/console/official-accounts/" in letter


def test_a_mail_server_that_is_away_is_asked_again(province, app, letterbox):
    make_staff("binh-thuan", role="province_admin")
    lose_consent()
    watching.look()
    with settings_of(app, smtp_url="smtp://127.0.0.1:1"):
        assert jobs.mail("binh-thuan") == 0

    assert jobs.mail("binh-thuan") == 1


def test_the_console_shows_it_to_those_who_can_mend_it(province, app):
    lose_consent()
    watching.look()

    assert "đã mất quyền gửi tin" in console(app, "province_admin")
    assert "đã mất quyền gửi tin" not in console(app, "officer")
