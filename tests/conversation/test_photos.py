"""A photograph of the paper's QR code is as good as its typed code; any other picture is not kept."""

import base64
import io
from dataclasses import replace

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from motcua.conversation import jobs, photos
from motcua.conversation.photos import decode, is_allowed
from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import Follow
from motcua.messaging import line
from motcua.messaging.models import Message
from tests.conversation.conftest import text_event
from tests.factories import OA_IDS, make_dossier


def qr(text: str, *, scale: int = 6) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=scale)
    return out.getvalue()


@pytest.fixture
def zalo(simulator, app, province):
    simulator.reset()
    ours = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(ours, zalo_base_url=simulator.base_url)
    yield simulator
    line.close()
    app.config["SETTINGS"] = ours


@pytest.fixture
def photographs(zalo, hears):
    """A citizen sends this picture; returns the texts we then owe."""

    def send(picture: bytes) -> list[str]:
        phone = zalo.phone()
        phone.act("follow")
        phone.act("image", {"content_base64": base64.b64encode(picture).decode()})
        url = phone.messages()[-1]["url"]
        event = text_event("", event_name="user_send_image")
        event["message"]["attachments"] = [{"type": "image", "payload": {"url": url, "thumbnail": url}}]
        last = db.session.scalar(db.select(db.func.max(Message.id))) or 0
        hears(event)
        jobs.read_photo("binh-thuan", OA_IDS["binh-thuan"], f"user_send_image:{event['message']['msg_id']}")
        with tenant_scope("binh-thuan"):
            new = db.session.scalars(db.select(Message).where(Message.id > last).order_by(Message.id)).all()
            return [one.content["consultation"].get("text", one.event) for one in new]

    return send


def test_the_papers_code_in_a_photograph_is_followed(photographs):
    dossier = make_dossier()
    code, token = dossier.code, dossier.token

    answers = photographs(qr(f"http://binh-thuan.localhost:8000/t/{token}"))

    assert any(code in answer for answer in answers)
    with tenant_scope("binh-thuan"):
        assert db.session.scalars(db.select(Follow.proof)).all() == ["token"]


def test_a_slanted_greyish_photograph_is_read_too(photographs):
    dossier = make_dossier()
    code, token = dossier.code, dossier.token
    picture = Image.open(io.BytesIO(qr(f"https://x.example/t/{token}", scale=8))).convert("L")
    canvas = Image.new("L", (900, 700), 190)
    canvas.paste(picture.rotate(17, expand=True, fillcolor=255), (200, 100))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=60)

    assert any(code in answer for answer in photographs(out.getvalue()))


@pytest.mark.parametrize(
    "picture",
    [qr("https://evil.example/pay"), qr("DỪNG"), b"no picture", b""],
    ids=["another code", "a command", "no picture", "empty"],
)
def test_any_other_picture_gets_the_advice_to_type(photographs, picture):
    (answer,) = photographs(picture or b" ")

    assert "không gửi ảnh giấy tờ" in answer


def test_two_codes_in_one_picture_are_not_guessed_between():
    left, right = (Image.open(io.BytesIO(qr(f"code {n}"))).convert("L") for n in (1, 2))
    both = Image.new("L", (left.width * 2 + 80, left.height), 255)
    both.paste(left, (0, 0))
    both.paste(right, (left.width + 80, 0))
    out = io.BytesIO()
    both.save(out, "PNG")

    assert decode(out.getvalue()) is None


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://f20-zpc.zdn.vn/jpg/1.jpg", True),
        ("https://zdn.vn/1.jpg", True),
        ("http://f20.zdn.vn/1.jpg", False),
        ("https://zdn.vn.evil.example/1.jpg", False),
        ("https://evilzdn.vn/1.jpg", False),
        ("https://user@zdn.vn/1.jpg", False),
        ("https://127.0.0.1/1.jpg", False),
        ("https://zdn.vn:8443/1.jpg", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
    ],
)
def test_pictures_are_fetched_from_zalos_servers_only(url, allowed):
    assert is_allowed(url, None) is allowed


@given(st.binary(max_size=300))
def test_any_bytes_are_a_picture_or_none(data):
    for head in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a"):
        assert decode(head + data) is None


def test_a_picture_of_absurd_size_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(photos, "MOST_PIXELS", 1000)

    assert decode(qr("http://x/t/K7Q2M9XD4F3A")) is None
