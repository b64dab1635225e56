"""Delivery against the simulated Zalo, in this process."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from motcua.core import queue, roles
from motcua.core.database import db
from motcua.messaging.dispatch import serving
from motcua.messaging.models import Message
from motcua.messaging.outbox import Zbs, owe
from motcua.tenancy.models import OfficialAccount
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen


@pytest.fixture
def zalo(simulator, app, province):
    """The simulator, fresh, with the province's OA connected to it."""
    simulator.reset()
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(ours, zalo_base_url=simulator.base_url)
    grant = simulator.grant(province)
    account = db.session.scalars(db.select(OfficialAccount)).one()
    expires_at = datetime.now(UTC) + timedelta(seconds=int(grant["expires_in"]))
    account.keep_tokens(grant["access_token"], grant["refresh_token"], expires_at)
    db.session.commit()
    yield simulator
    serving.close()
    app.config["SETTINGS"] = ours


@pytest.fixture
def lan(zalo):
    """A citizen who follows the OA and spoke with it just now, known on both sides."""
    citizen = make_citizen(zalo.uid("lan"), phone="84912345678")
    db.session.commit()
    return citizen


ZBS_DATA = {
    "ma_ho_so": "000.00.01.H11-241126-0007",
    "thu_tuc": "Thủ tục đăng ký kết hôn",
    "trang_thai": "Được tiếp nhận",
    "ngay_hen": "10:00 28/11/2024",
    "co_quan": "UBND phường Một",
}


@pytest.fixture
def owed(lan):
    """Owe one message and return its row: `owed("Xin chào")`, `owed(to="84987654321")`."""

    def write(text: str | None = "Hồ sơ đã được tiếp nhận", *, to=None, zbs: bool = True, **given) -> Message:
        owe(
            to or lan,
            "dossier_accepted",
            dedupe_key=given.pop("key", text or "zbs"),
            consultation=TextMessage(text) if text else None,
            zbs=Zbs("dossier_receipt", ZBS_DATA) if zbs else None,
            **given,
        )
        db.session.commit()
        return db.session.scalars(db.select(Message).order_by(Message.id.desc()).limit(1)).one()

    return write


def state_of(message: Message) -> Message:
    """The row as it is now."""
    db.session.rollback()
    row = db.session.get(Message, (message.tenant_id, message.id), populate_existing=True)
    db.session.rollback()
    return row


def later() -> None:
    """The time has come for whatever waits, here and in Zalo's counts of the minute and the day."""
    db.session.execute(db.update(Message).values(next_attempt_at=datetime.now(UTC)))
    db.session.commit()
    for counted in ("motcua:bucket:*", "motcua:quota:*"):
        for key in queue.connection().scan_iter(counted):
            queue.connection().delete(key)


@pytest.fixture
def connect(app):
    """Connections of the role that workers have; closed at the end."""
    url, opened = roles.libpq_url(app.config["SETTINGS"].database_urls["app"]), []

    def one() -> psycopg.Connection:
        opened.append(psycopg.connect(url, **roles.connect_args("app")))
        return opened[-1]

    yield one
    for each in opened:
        each.close()
