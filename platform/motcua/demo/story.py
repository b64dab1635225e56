"""The story: a marriage registered at a Bình Thuận counter, from intake to result; receipts in four more provinces;
a question without accents; two provinces announce a policy."""

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from motcua.core.clock import VIETNAM

from .stage import ANNOUNCING, MARRIAGE, PROVINCES, Stage
from .wire import Phone, Refused, Wire

AGENCY_CODES = {
    "an-giang": "H01",
    "da-nang": "H17",
    "tien-giang": "H58",
    "dong-nai": "H19",
    "thanh-pho-ho-chi-minh": "H29",
}
COMMUNE = "ubnd-phuong-phan-thiet"
OFFICERS = (
    ("Võ Minh Khang", "Công chức Tư pháp – Hộ tịch", "Thẩm tra hồ sơ"),
    ("Đỗ Thị Thanh", "Phó Chủ tịch UBND phường", "Ký giấy chứng nhận kết hôn"),
)
DESK = {
    "place": "Quầy 3, Trung tâm Phục vụ hành chính công phường Phan Thiết",
    "hours": "07:00–11:30 và 13:30–17:00, thứ Hai đến thứ Sáu",
}

# An invented resolution, to show an announcement with.
POLICY = {
    "kind": "policy",
    "title": "Miễn lệ phí đăng ký khai sinh, kết hôn tại xã, phường",
    "body": "Từ ngày 01/12/2026, người dân đăng ký khai sinh, kết hôn tại xã, phường không phải nộp lệ phí.",
    "document_number": "25/2026/NQ-HĐND",
    "document_date": "2026-11-20",
    "document_issuer": "Hội đồng nhân dân tỉnh",
    "at_night": "1",  # the story is told at any hour
}


@dataclass
class Teller:
    """Tells each step with what was measured."""

    say: Callable[[str], None]
    delays_s: list[float] = field(default_factory=list)
    seen: int = 0

    def step(self, number: int, sentence: str) -> None:
        self.say(f"\n{number}. {sentence}")

    def arrived(self, who: str, message: dict, began: float) -> None:
        """`began`: wall clock just before the event was sent to the API."""
        delay = message["received_at_ms"] / 1000 - began
        self.delays_s.append(delay)
        self.seen += 1
        first = next(
            (line for line in (message["text"] or message.get("title") or "").splitlines() if line), ""
        )
        self.say(f"   ✓ máy của {who}, sau {delay * 1000:.0f} ms: “{first}”")


def tell(stage: Stage, say: Callable[[str], None]) -> Teller:
    """Play the steps so far. Raises Refused as soon as a message that is owed does not reach its phone."""
    teller = Teller(say)
    slug = "binh-thuan"
    api = Wire(stage.port, stage.hosts[slug], stage.api_keys[slug])
    lan = Phone(stage.simulator, "lan", stage.oa_ids[slug])
    tuan = Phone(stage.simulator, "tuan", stage.oa_ids[slug])
    today = datetime.now(VIETNAM)
    code = f"000.00.01.H11-{today:%y%m%d}-{today:%H%M%S}"
    path = f"/api/v1/dossiers/{code}"

    teller.step(
        1,
        "Chị Lan quét mã ở quầy, quan tâm Zalo của tỉnh và chia sẻ số điện thoại; hai người nộp hồ sơ kết hôn.",
    )
    before = lan.count()
    began = time.time()
    lan.begin_to_follow()
    teller.arrived("chị Lan", lan.wait_for("Kính chào", before), began)
    began = time.time()
    lan.act("share-info")
    teller.arrived("chị Lan", lan.wait_for("Đã liên kết", before), began)

    teller.step(2, f"Hệ thống một cửa báo tiếp nhận {code}; biên nhận điện tử đến máy chị Lan.")
    before, began = lan.count(), time.time()
    dossier = api.json("PUT", path, _filed(today, stage.papers), **{"Idempotency-Key": f"put-{code}"})
    teller.arrived("chị Lan", lan.wait_for("GIẤY TIẾP NHẬN", before), began)
    again = api.json("PUT", path, _filed(today, stage.papers), **{"Idempotency-Key": f"put-{code}"})
    _check(again == dossier, "gửi lại cùng Idempotency-Key phải nhận lại đúng câu trả lời cũ")
    say(f"   thủ tục {dossier['procedure_code']}: {dossier['procedure_name']}")

    teller.step(3, "Anh Tuấn quét mã QR trên giấy tiếp nhận, mở trang theo dõi và gửi mã theo dõi qua Zalo.")
    follow_code = _scan(stage, slug, api, dossier)
    tuan.begin_to_follow()
    before, began = tuan.count(), time.time()
    tuan.act("text", {"text": follow_code})
    teller.arrived("anh Tuấn", tuan.wait_for("Từ nay ông/bà sẽ được báo", before), began)

    teller.step(
        4,
        "Hồ sơ chuyển qua hai cán bộ; chị Lan biết ai đang giữ, anh Tuấn (chưa xác minh) chỉ biết trạng thái.",
    )
    for number, (officer, title, step) in enumerate(OFFICERS):
        before, other, began = lan.count(), tuan.count(), time.time()
        _event(
            api,
            path,
            4,
            department="Bộ phận Tư pháp – Hộ tịch",
            officer={"name": officer, "title": title},
            step={"name": step},
        )
        teller.arrived("chị Lan", lan.wait_for(officer, before), began)
        if number == 0:
            message = tuan.wait_for("đang được xử lý", other)
            teller.arrived("anh Tuấn", message, began)
            _check(officer not in message["text"], "người chỉ có mã QR không được thấy tên cán bộ")

    teller.step(5, "Có kết quả sớm hơn hẹn; cả hai được báo giờ nhận mới.")
    before, other, began = lan.count(), tuan.count(), time.time()
    _event(api, path, 9, pickup=DESK)
    teller.arrived("chị Lan", lan.wait_for("SỚM HƠN", before), began)
    teller.arrived("anh Tuấn", tuan.wait_for("SỚM HƠN", other), began)

    teller.step(6, "Trả kết quả: Giấy chứng nhận kết hôn.")
    before, other, began = lan.count(), tuan.count(), time.time()
    _event(api, path, 10)
    teller.arrived("chị Lan", lan.wait_for("Đã trả kết quả", before), began)
    teller.arrived("anh Tuấn", tuan.wait_for("Đã trả kết quả", other), began)

    teller.step(
        7,
        "Ở năm tỉnh, thành còn lại, chị Hoa nộp hồ sơ mà chưa quan tâm OA: biên nhận đến bằng tin mẫu ZBS theo số máy.",
    )
    for other_slug in PROVINCES[1:]:
        hoa = Phone(stage.simulator, "hoa", stage.oa_ids[other_slug])
        _receipt_by_phone(stage, teller, hoa, other_slug, today)

    teller.step(8, "Chị Hoa ở Đà Nẵng hỏi giá đất bằng lời của mình, không dấu.")
    _ask_land_price(stage, teller)

    teller.step(
        9,
        "Chị Hoa ở An Giang gõ “dang ky khai sinh”; Zalo hỏi lại chị muốn việc nào trong các việc gần nhau.",
    )
    _ask_without_accents(stage, say)

    teller.step(
        10,
        "Tiền Giang và Đồng Nai thông báo chính sách cho người đã bật loại tin ấy: một người soạn, người khác duyệt.",
    )
    for other_slug in ANNOUNCING:
        _announce(stage, teller, other_slug)

    _nobody_heard_twice(lan, tuan)
    median = statistics.median(teller.delays_s)
    say(f"\n{teller.seen} tin đều đã thấy trên máy; từ lời gọi API đến máy: trung vị {median * 1000:.0f} ms, "
        f"lâu nhất {max(teller.delays_s) * 1000:.0f} ms.")  # fmt: skip
    say(f"Trang theo dõi: {dossier['tracking_url']}")
    return teller


def _filed(today: datetime, papers: list[dict]) -> dict:
    received = today.replace(second=0, microsecond=0)
    due = received + timedelta(days=3)
    return {
        "procedure_code": MARRIAGE,
        "papers": papers,
        "agency_code": COMMUNE,
        "department": "Bộ phận Tiếp nhận và Trả kết quả",
        "officer": {"name": "Phạm Thu Hà", "title": "Cán bộ tiếp nhận"},
        "received_at": received.isoformat(),
        "due_at": due.replace(hour=10, minute=0).isoformat(),
        "pickup": DESK,
        "owner": {"name": "Nguyễn Thị Lan", "phone": "0912345678", "id_number": "060190012345"},
        "summary": "Đăng ký kết hôn Nguyễn Thị Lan và Trần Anh Tuấn",
    }


def _receipt_by_phone(stage: Stage, teller: Teller, hoa: Phone, slug: str, today: datetime) -> None:
    api = Wire(stage.port, stage.hosts[slug], stage.api_keys[slug])
    code = f"000.00.01.{AGENCY_CODES[slug]}-{today:%y%m%d}-{today:%H%M%S}"
    body = _filed(today, stage.papers) | {
        "agency_code": stage.communes[slug],
        "owner": {"name": "Lê Thị Hoa", "phone": "0905111222"},
        "pickup": {},
    }
    before, began = hoa.count(), time.time()
    dossier = api.json("PUT", f"/api/v1/dossiers/{code}", body)
    teller.arrived(f"chị Hoa ({dossier['agency_name']})", hoa.wait_for(code, before), began)


def _ask_land_price(stage: Stage, teller: Teller) -> None:
    hoa = Phone(stage.simulator, "hoa", stage.oa_ids["da-nang"])
    before = hoa.count()
    hoa.begin_to_follow()
    hoa.wait_for("Kính chào", before)
    before, began = hoa.count(), time.time()
    hoa.act("text", {"text": "gia dat bach dang doan tu le duan den nguyen van linh"})
    answer = hoa.wait_for("341.000.000 đồng/m²", before)
    _check("không chính thức" in answer["text"], "số liệu báo chí phải được nói rõ là không chính thức")
    teller.arrived("chị Hoa", answer, began)


def _ask_without_accents(stage: Stage, say: Callable[[str], None]) -> None:
    """Not among the measured delays: a worker's first question of a province builds its index."""
    hoa = Phone(stage.simulator, "hoa", stage.oa_ids["an-giang"])
    before = hoa.count()
    hoa.begin_to_follow()
    hoa.wait_for("Kính chào", before)
    before, began = hoa.count(), time.time()
    hoa.act("text", {"text": "dang ky khai sinh"})
    answer = hoa.wait_for("có yếu tố nước ngoài", before)
    _check("Thủ tục đăng ký khai sinh" in answer["text"], "câu trả lời phải có việc đăng ký khai sinh")
    delay_ms = answer["received_at_ms"] - began * 1000
    say(f"   ✓ máy của chị Hoa, sau {delay_ms:.0f} ms (lần đầu, kể cả lập chỉ mục 1.678 thủ tục của tỉnh):")
    for line in answer["text"].splitlines():
        say(f"     {line}")


def _announce(stage: Stage, teller: Teller, slug: str) -> None:
    """Two citizens ask for policies; the announcement reaches both, and its number can be checked on the web."""
    people = {"chị Hoa": "hoa", "anh Tuấn": "tuan"}
    phones = {who: Phone(stage.simulator, citizen, stage.oa_ids[slug]) for who, citizen in people.items()}
    for phone in phones.values():
        before = phone.count()
        phone.begin_to_follow()
        phone.act("text", {"text": "#topic:policy:on"})
        phone.wait_for("Đã bật", before)
    counts, began = {who: phone.count() for who, phone in phones.items()}, time.time()
    number = stage.announce(slug, POLICY)
    for who, phone in phones.items():
        teller.arrived(f"{who} ({slug})", phone.wait_for(number, counts[who]), began)
    status, page = Wire(stage.port, stage.hosts[slug]).ask("GET", f"/thong-bao/{number}")
    _check(status == 200 and POLICY["title"] in page, "số thông báo phải tra được trên trang của tỉnh")
    _nobody_heard_twice(*phones.values())


def _event(api: Wire, path: str, status: int, **more) -> dict:
    body = {"status": status, "occurred_at": datetime.now(VIETNAM).isoformat()} | more
    return api.json("POST", f"{path}/events", body)


def _scan(stage: Stage, slug: str, api: Wire, dossier: dict) -> str:
    """Print the receipt, follow its QR's address as a phone's browser does, and read the follow code there."""
    status, receipt = api.ask("GET", f"/api/v1/dossiers/{dossier['code']}/receipt")
    _check(status == 200 and "<svg" in receipt, "giấy tiếp nhận phải có mã QR")
    _check(dossier["tracking_url"] in receipt, "giấy tiếp nhận phải in địa chỉ theo dõi")
    path = "/t/" + dossier["tracking_url"].rpartition("/")[2]
    status, page = Wire(stage.port, stage.hosts[slug]).ask("GET", path)
    _check(status == 200, "trang theo dõi phải mở được")
    _check("Phạm Thu Hà" not in page, "trang theo dõi không được lộ tên cán bộ khi chưa xác minh")
    found = re.search(r'class="code">([0-9A-Z-]{14})<', page)
    _check(found is not None, "trang theo dõi phải có mã theo dõi")
    return found[1]


def _nobody_heard_twice(*phones: Phone) -> None:
    for phone in phones:
        ids = [message["message_id"] for message in phone.messages() if message["from"] == "oa"]
        _check(len(ids) == len(set(ids)), "mỗi tin chỉ được đến một lần")


def _check(holds: bool, sentence: str) -> None:
    if not holds:
        raise Refused(f"Câu chuyện dừng: {sentence}.")
