"""What must stand before the story begins: provinces loaded, OAs connected, people with phones."""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from motcua.accounts import api_keys, invitations, realms, second_factor, vendor_invitations
from motcua.accounts.models import ApiKey, Staff
from motcua.applying import apply_national, apply_tenant
from motcua.appointments.models import Desk
from motcua.broadcasts import announcing, content
from motcua.broadcasts.audience import Audience
from motcua.catalogue import lookup
from motcua.catalogue.models import Agency
from motcua.core.clock import now
from motcua.core.config import Settings
from motcua.core.database import db, tenant_scope
from motcua.surveys.asking import RATING_PARAMETERS
from motcua.tenancy import tokens
from motcua.tenancy.models import OfficialAccount, Tenant, ZaloApp

from .wire import Wire

PROVINCES = ("binh-thuan", "an-giang", "da-nang", "tien-giang", "dong-nai", "thanh-pho-ho-chi-minh")
ANNOUNCING = ("tien-giang", "dong-nai")
ANNOUNCERS = {"truyen-thong": ("Trần Thu Thủy", "communications"), "lanh-dao": ("Lê Quang Minh", "leader")}
MARRIAGE = "1.000894"
SIMULATOR_CALLS_PER_MINUTE = 600_000  # what it allows as it comes
VENDOR_EMAIL = "van@vendor.example"
LABEL = "Hệ thống một cửa (diễn thử)"
CITIZENS = (
    {"citizen_id": "lan", "name": "Nguyễn Thị Lan", "phone": "84912345678"},
    {"citizen_id": "tuan", "name": "Trần Anh Tuấn", "phone": "84987654321"},
    {"citizen_id": "hoa", "name": "Lê Thị Hoa", "phone": "84905111222"},
)
# The parameters of every dossier template, as approved at Zalo; kinds and lengths as ZBS defines them.
PARAMS = [
    {"name": "ma_ho_so", "type": "4", "require": True, "maxLength": 30},
    {"name": "thu_tuc", "type": "9", "require": True, "maxLength": 200},
    {"name": "trang_thai", "type": "6", "require": True, "maxLength": 30},
    {"name": "ngay_hen", "type": "5", "require": True, "maxLength": 30},
    {"name": "co_quan", "type": "9", "require": True, "maxLength": 200},
]
VISIT_PARAMS = [
    {"name": "so_thu_tu", "type": "5", "require": True, "maxLength": 30},
    {"name": "thoi_gian", "type": "11", "require": True, "maxLength": 20},
    {"name": "viec", "type": "5", "require": True, "maxLength": 30},
    {"name": "noi_den", "type": "9", "require": True, "maxLength": 200},
]
# What a template says: its first line, and the rows of its table.
DOSSIER_LAYOUT = (
    "Hồ sơ <ma_ho_so> của ông/bà có thông tin mới.",
    {
        "Mã hồ sơ": "<ma_ho_so>",
        "Thủ tục": "<thu_tuc>",
        "Trạng thái": "<trang_thai>",
        "Ngày hẹn": "<ngay_hen>",
        "Nơi xử lý": "<co_quan>",
    },
)
VISIT_LAYOUT = (
    "Lịch hẹn đến quầy của ông/bà.",
    {"Thời gian": "<thoi_gian>", "Số thứ tự": "<so_thu_tu>", "Nơi đến": "<noi_den>", "Việc": "<viec>"},
)
ANNOUNCEMENT_PARAMS = [
    {"name": "tieu_de", "type": "9", "require": True, "maxLength": 200},
    {"name": "so_thong_bao", "type": "5", "require": True, "maxLength": 30},
    {"name": "van_ban", "type": "9", "require": True, "maxLength": 200},
    {"name": "co_quan", "type": "9", "require": True, "maxLength": 200},
]
ANNOUNCEMENT_LAYOUT = (
    "Thông báo chính thức: <tieu_de>",
    {"Số thông báo": "<so_thong_bao>", "Văn bản": "<van_ban>", "Cơ quan": "<co_quan>"},
)
LAYOUTS = {
    "visit": (VISIT_PARAMS, *VISIT_LAYOUT),
    "announcement": (ANNOUNCEMENT_PARAMS, *ANNOUNCEMENT_LAYOUT),
}
TEMPLATE_NAMES = {
    "dossier_receipt": "Tiếp nhận hồ sơ",
    "dossier_status": "Cập nhật hồ sơ",
    "dossier_ready": "Hồ sơ đã có kết quả",
    "dossier_result": "Đã trả kết quả",
    "survey": "Khảo sát hài lòng",
    "visit": "Lịch hẹn đến quầy",
    "announcement": "Thông báo của tỉnh",
}


@dataclass(frozen=True)
class Stage:
    """What the story needs to know of the world it plays in."""

    port: int
    simulator: Wire
    oa_ids: dict[str, str]
    hosts: dict[str, str]
    api_keys: dict[str, str]
    communes: dict[str, str]
    papers: list[dict]
    staff_email: str
    admin_email: str
    staff_password: str
    admin_key: str
    announce: Callable[[str, dict[str, str]], str]


def vendor_link(app: Flask) -> str:
    """Where the vendor's own admin sets a password; a fresh link each time."""
    with app.app_context():
        person = invitations.find(realms.VENDOR, VENDOR_EMAIL)
        link = (
            invitations.send(person, by=LABEL)
            if person
            else vendor_invitations.invite(VENDOR_EMAIL, "Lê Thị Vân", "vendor_admin", by=LABEL)
        )
        db.session.commit()
    return link


def load_provinces(app: Flask, folder: Path, say) -> None:
    with app.app_context():
        say(apply_national(folder / "_national").sentence)
        for slug in PROVINCES:
            say(apply_tenant(folder / slug).sentence)


def connect(app: Flask, settings: Settings, port: int, simulator: Wire) -> Stage:
    """Give the simulator the apps, OAs, templates and citizens; connect each province by a token pair."""
    secrets_of = _secrets(settings.var / "demo-zalo.json")
    with app.app_context():
        oa_ids, hosts, keys, communes = {}, {}, {}, {}
        for slug in PROVINCES:
            with tenant_scope(slug):
                account = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).first()
                hosts[slug] = db.session.get(Tenant, slug).settings["hosts"][0]
                first = (
                    db.select(Agency.code).where(Agency.code.startswith("ubnd-phuong-")).order_by(Agency.code)
                )
                communes[slug] = db.session.scalars(first).first()
                _keep_desk(communes[slug])
            oa_ids[slug] = account.oa_id
            _tell_simulator(simulator, account, secrets_of, port)
            _keep_app(account.app_id, secrets_of)
            grant = simulator.json(
                "POST", "/sim/api/grants", {"app_id": account.app_id, "oa_id": account.oa_id}
            )
            tokens.connect(
                slug, account.key, grant["access_token"], grant["refresh_token"], int(grant["expires_in"])
            )
            keys[slug] = _fresh_key(slug)
        password = secrets.token_urlsafe(9)
        email = _staff("binh-thuan", "quay@binh-thuan.example", "Phạm Thu Hà", "officer", password)
        admin = _staff(
            "binh-thuan", "quan-tri@binh-thuan.example", "Nguyễn Văn Bình", "province_admin", password
        )
        key = _second_factor("binh-thuan", admin)
        for slug in ANNOUNCING:
            for who, (name, role) in ANNOUNCERS.items():
                _staff(slug, f"{who}@{slug}.example", name, role, password)
        papers = _handed_in(MARRIAGE)
    for citizen in CITIZENS:
        simulator.json("POST", "/sim/api/citizens", citizen)

    def announce(slug: str, form: dict[str, str]) -> str:
        with app.app_context():
            return _announce(slug, form)

    return Stage(
        port, simulator, oa_ids, hosts, keys, communes, papers, email, admin, password, key, announce
    )


def _tell_simulator(simulator: Wire, account: OfficialAccount, secrets_of: dict, port: int) -> None:
    app = {
        "app_id": account.app_id,
        "app_secret": secrets_of["app_secret"],
        "oa_secret_key": secrets_of["webhook_secret"],
        "webhook_url": f"http://127.0.0.1:{port}/webhooks/zalo",
        "webhook_enabled": True,
    }
    simulator.json("POST", "/sim/api/apps", app)
    simulator.json("POST", "/sim/api/oas", {"oa_id": account.oa_id, "name": account.name})
    for purpose, template_id in account.templates.items():
        simulator.json("POST", "/sim/api/templates", template(account.oa_id, purpose, template_id))


def template(oa_id: str, purpose: str, template_id: str) -> dict:
    """A ZBS template as the simulator takes it: approved, for users and phones, with the public-service price."""
    name = TEMPLATE_NAMES[purpose]
    if purpose == "survey":
        return _rating_template(oa_id, template_id, name)
    params, paragraph, table = LAYOUTS.get(purpose, (PARAMS, *DOSSIER_LAYOUT))
    return {
        "template_id": template_id,
        "oa_id": oa_id,
        "name": name,
        "status": "ENABLE",
        "tag": "TRANSACTION",
        "uid_capable": True,
        "price_sdt": 120,
        "price_uid": 120,
        "params": params,
        "layout": {
            "title": name,
            "paragraphs": [paragraph],
            "table": [{"key": key, "value": value} for key, value in table.items()],
            "buttons": [],
        },
    }


def _rating_template(oa_id: str, template_id: str, name: str) -> dict:
    """Five stars, as ZBS's rating templates have them; at most three parameters."""
    return {
        "template_id": template_id,
        "oa_id": oa_id,
        "name": name,
        "status": "ENABLE",
        "tag": "CUSTOMER_CARE",
        "template_type": 5,
        "uid_capable": True,
        "price_sdt": 200,
        "price_uid": 200,
        "params": [one for one in PARAMS if one["name"] in RATING_PARAMETERS],
        "layout": {
            "title": "Ông/bà hài lòng đến đâu?",
            "paragraphs": ["Hồ sơ <ma_ho_so> (<thu_tuc>) đã giải quyết xong tại <co_quan>."],
            "rating": True,
        },
    }


def _keep_app(app_id: str, secrets_of: dict) -> None:
    app = db.session.get(ZaloApp, app_id) or ZaloApp(app_id=app_id)
    app.app_secret, app.webhook_secret = secrets_of["app_secret"], secrets_of["webhook_secret"]
    app.calls_per_minute = SIMULATOR_CALLS_PER_MINUTE
    db.session.add(app)
    db.session.commit()


def _fresh_key(slug: str) -> str:
    """A new key for this run; the ones of earlier runs are revoked, their secrets are known to nobody."""
    with tenant_scope(slug):
        db.session.execute(
            db.update(ApiKey)
            .where(ApiKey.label == LABEL, ApiKey.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        key = api_keys.issue(LABEL)
        db.session.commit()
    return key


def _keep_desk(agency_code: str) -> None:
    """One desk that takes bookings, in the tenant in scope; commits."""
    agency = lookup.find_agency(agency_code)
    if db.session.scalar(db.select(Desk).where(Desk.agency_code == agency_code)) is None:
        db.session.add(Desk(agency_code=agency_code, name=f"Quầy một cửa {agency.name}"[:100]))
    db.session.commit()


def _announce(slug: str, form: dict[str, str]) -> str:
    """Two people announce; returns the number by which citizens can check it."""
    with tenant_scope(slug):
        people = (announcing.staff_of(f"{who}@{slug}.example") for who in ANNOUNCERS)
        one = announcing.announce(content.read(form), Audience(topic="policy"), *people)
        db.session.commit()
        return one.code


def _staff(slug: str, email: str, name: str, role: str, password: str) -> str:
    with tenant_scope(slug):
        person = db.session.scalar(db.select(Staff).where(Staff.email == email)) or Staff(email=email)
        person.full_name, person.role, person.is_enabled = name, role, True
        person.set_password(password)
        db.session.add(person)
        db.session.commit()
    return email


def _second_factor(slug: str, email: str) -> str:
    """The admin's phone, as a visitor can have it too: the `otpauth` address of the QR code."""
    with tenant_scope(slug):
        person = invitations.find(realms.STAFF, email)
        if not person.has_second_factor:
            secret = second_factor.new_secret()
            second_factor.set_up(person, secret, second_factor.code_of(secret))
            db.session.commit()
        return second_factor.uri(person, second_factor.secret_of(person), "Một Cửa diễn thử")


def _handed_in(procedure: str) -> list[dict]:
    """What a couple hands in at the counter, in the catalogue's own words: identity papers and the form."""
    with tenant_scope("binh-thuan"):
        papers = lookup.find_procedure(procedure).facts.papers_required()
    return [
        {"name": paper.name, "originals": paper.originals, "copies": paper.copies}
        for paper in papers
        if paper.name.startswith(("Hộ chiếu", "Tờ khai"))
    ]


def _secrets(file: Path) -> dict[str, str]:
    """The simulated app's secrets: random, kept beside the data, never in the repository."""
    if not file.exists():
        fresh = {"app_secret": secrets.token_urlsafe(16), "webhook_secret": secrets.token_urlsafe(16)}
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as handle:
            json.dump(fresh, handle)
    return json.loads(file.read_text())
