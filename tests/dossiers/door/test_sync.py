"""The national sync payload as vendors send it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.clock import VIETNAM
from motcua.core.errors import Invalid, MotcuaError
from motcua.dossiers.door import sync_payload, sync_values
from motcua.dossiers.schemas import DossierIn, EventIn
from tests.dossiers.door.test_batch import counts

CODE = "000.00.01.H11-241126-0007"
WHOLE = {
    "MaHoSo": CODE,
    "MaTTHC": "1.000894.000.00.00.H11",
    "TenTTHC": "Thủ tục đăng ký kết hôn",
    "MaLinhVuc": "G03-GD10",
    "TenLinhVuc": "Hộ tịch",
    "KenhThucHien": "1",
    "ChuHoSo": "Nguyễn Thị Lan",
    "LoaiDoiTuong": "0",
    "DinhDanhCHS": "060190012345",
    "Email": "",
    "SoDienThoai": "0912 345 678",
    "TrichYeuHoSo": "Đăng ký kết hôn",
    "NgayNopHoSo": "20241126075500",
    "NgayTiepNhan": "2024-11-26 08:00:00",
    "NgayHenTra": "2024-11-28T10:00:00+07:00",
    "NgayKetThucXuLy": "",
    "NgayTra": None,
    "NgayTuChoi": "null",
    "TrangThaiHoSo": "2",
    "HinhThuc": "0",
    "ThongTinTra": "",
    "DonViXuLy": "UBND phường Phan Thiết",
    "NoiNopHoSo": "Trung tâm Phục vụ hành chính công phường Phan Thiết",
    "GhiChu": "",
    "TaiLieuNop": [
        {"TenGiayTo": "Tờ khai đăng ký kết hôn", "LoaiBan": "0"},
        {"TenTepDinhKem": "CCCD", "LoaiBan": 1},
    ],
    "DanhSachLePhi": [],
    "DanhSachHoSoBoSung": [],
    "DanhSachGiayToKetQua": [],
}
STEP = {
    "MaHoSo": CODE,
    "NguoiXuLy": "Trần Văn Minh",
    "ChucDanh": "Công chức Tư pháp – Hộ tịch",
    "PhongBanXuLy": "Bộ phận Tư pháp – Hộ tịch",
    "ThoiDiemXuLy": "20241126100000",
    "NoiDungXuLy": "Thẩm tra hồ sơ",
    "TrangThai": 4,
    "NgayBatDau": "20241126100000",
    "NgayKetThucTheoQuyDinh": "2024-11-27 10:00:00",
}


def dossier_of(said: dict) -> dict:
    """The first act of a payload as `intake.put` gets it."""
    kind, _, body = sync_payload.read_dossier(said).acts[0]
    assert kind == "dossier"
    return DossierIn().load(body)


@pytest.mark.parametrize(
    "text",
    ["20241126080000", "2024-11-26 08:00:00", "2024-11-26T08:00:00", "2024-11-26T08:00:00+07:00",
     "2024-11-26T01:00:00Z", "26/11/2024 08:00:00", "26/11/2024 8:00", "202411260800", 20241126080000],
)  # fmt: skip
def test_a_date_in_any_form_is_the_same_moment(text):
    assert sync_values.moment(text, "NgayTiepNhan") == datetime(2024, 11, 26, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["20241301000000", "hôm qua", "2024-11-26 25:00:00", "0", "9" * 14, [1], {}])
def test_a_date_that_is_none_is_refused_by_its_name(text):
    with pytest.raises(Invalid) as refused:
        sync_values.moment(text, "NgayTiepNhan")

    assert list(refused.value.details) == ["NgayTiepNhan"]


@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)))  # noqa: DTZ001
def test_the_three_forms_agree(at):
    at = at.replace(microsecond=0)
    forms = (
        f"{at:%Y%m%d%H%M%S}".zfill(14),
        f"{at:%Y-%m-%d %H:%M:%S}",
        at.replace(tzinfo=VIETNAM).isoformat(),
    )

    assert len({sync_values.moment(form, "x") for form in forms}) == 1


@pytest.mark.parametrize(
    ("value", "number"),
    [(12000, 12000), ("12000", 12000), ("12.000", 12000), ("12,000 đồng", 12000), (12000.0, 12000),
     ("12000.0", 12000), ("", None), ("miễn phí", None), (None, None), (True, None), (float("nan"), None)],
)  # fmt: skip
def test_numbers_come_in_many_dresses(value, number):
    assert sync_values.number(value) == number


def test_a_whole_payload_says_what_our_own_api_would():
    data = dossier_of(WHOLE)

    assert data["procedure_code"] == "1.000894.000.00.00.H11"
    assert (data["status"], data["channel"]) == (2, "counter")
    assert data["received_at"] == data["status_at"] == datetime(2024, 11, 26, 1, tzinfo=UTC)
    assert data["due_at"] == datetime(2024, 11, 28, 3, tzinfo=UTC)
    assert data["owner"] == {"name": "Nguyễn Thị Lan", "phone": "84912345678", "id_number": "060190012345"}
    assert data["agency_name"] == "UBND phường Phan Thiết"
    assert data["papers"] == [
        {"name": "Tờ khai đăng ký kết hôn", "originals": 1, "copies": 0},
        {"name": "CCCD", "originals": 0, "copies": 1},
    ]
    assert "note" not in data


def test_the_real_payload_ignores_nothing_and_a_strange_member_is_counted():
    assert sync_payload.read_dossier(WHOLE).ignored == []
    assert sync_payload.read_dossier(WHOLE | {"MauSac": "đỏ", "Rong": ""}).ignored == ["MauSac"]


@pytest.mark.parametrize(
    ("channel", "expected"),
    [(None, "counter"), ("", "counter"), (1, "counter"), ("2", "online"), (3, "post"), ("Trực tuyến", "online"),
     ("Bưu chính công ích", "post"), ("9", "counter")],
)  # fmt: skip
def test_the_channel_in_numbers_or_words(channel, expected):
    assert dossier_of(WHOLE | {"KenhThucHien": channel})["channel"] == expected


@pytest.mark.parametrize(
    ("said", "expected"), [(4, 4), ("4", 4), ("04", 4), ("Đang xử lý", 4), ("ĐÃ TRẢ KẾT QUẢ", 10)]
)
def test_the_status_in_numbers_or_words(said, expected):
    assert sync_payload.read_dossier(WHOLE | {"TrangThaiHoSo": said}).acts[0][2]["status"] == expected


def test_members_spelled_otherwise_are_understood():
    spelled = {
        "ma_ho_so": CODE, "MATTHC": "1.000894.H11", "Mã trạng thái": "4", "chuHoSo": "Lan", "dien_thoai": 912345678,
        "ngay_tiep_nhan": "20241126080000", "TENDONVIXULY": "UBND xã", "loai_doi_tuong": "Cá nhân",
    }  # fmt: skip

    data = dossier_of(spelled)

    assert (data["status"], data["owner"]["phone"], data["agency_name"]) == (4, "84912345678", "UBND xã")


def test_what_cannot_be_read_is_left_out_and_does_not_refuse_the_dossier():
    data = dossier_of(
        WHOLE | {"SoDienThoai": "0000000000", "SoGiayTo": "không có", "DinhDanhCHS": "", "ChuHoSo": ""}
    )

    assert data["owner"] == {"name": "Chủ hồ sơ"}


@pytest.mark.parametrize(
    ("status", "member", "at"),
    [(1, "NgayNopHoSo", "20241126075500"), (3, "NgayTuChoi", "20241126090000"),
     (9, "NgayKetThucXuLy", "20241127090000"), (10, "NgayTra", "20241127093000")],
)  # fmt: skip
def test_each_status_has_the_moment_of_its_own_date(status, member, at):
    said = WHOLE | {"NgayKetThucXuLy": "20241127080000", member: at, "TrangThaiHoSo": status}

    assert dossier_of(said)["status_at"] == sync_values.moment(at, member)


def test_a_request_for_papers_becomes_its_own_events():
    asked = {
        "NguoiYeuCau": "Trần Văn Minh", "NoiDungYeuCau": "Thiếu giấy xác nhận tình trạng hôn nhân",
        "NgayYeuCau": "20241126100000", "NgayTiepNhanBoSung": "20241127080000", "NgayHenTraMoi": "20241129100000",
    }  # fmt: skip
    read = sync_payload.read_dossier(WHOLE | {"TrangThaiHoSo": 4, "DanhSachHoSoBoSung": [asked]})

    events = [EventIn().load(body) for kind, _, body in read.acts if kind == "event"]

    assert [event["status"] for event in events] == [5, 4]
    assert events[0]["note"] == "Thiếu giấy xác nhận tình trạng hôn nhân"
    assert events[1]["due_at"] == datetime(2024, 11, 29, 3, tzinfo=UTC)
    assert DossierIn().load(read.acts[0][2])["status_at"] == datetime(2024, 11, 27, 1, tzinfo=UTC)


def test_an_open_request_for_papers_is_the_dossiers_own_state():
    asked = {"NoiDungYeuCau": "Thiếu tờ khai", "NguoiYeuCau": "Minh", "NgayYeuCau": "20241126100000"}
    read = sync_payload.read_dossier(WHOLE | {"TrangThaiHoSo": 5, "DanhSachHoSoBoSung": asked})

    assert len(read.acts) == 1
    data = DossierIn().load(read.acts[0][2])
    assert (data["status"], data["note"], data["officer"]) == (5, "Thiếu tờ khai", {"name": "Minh"})


def test_fees_results_and_hand_over_are_said_in_the_members_of_our_api():
    fees = [{"TenPhiLePhi": "Lệ phí", "Gia": "25.000", "SoLuong": 2, "HinhThucThu": 1}]
    results = [{"TenGiayTo": "Giấy chứng nhận kết hôn", "SoKyHieu": "12/2024", "NgayBanHanh": "20241127",
                "DuongDanTepTinKetQua": "https://kq.example.vn/1.pdf"}]  # fmt: skip
    members = sync_values.Members(
        {"DanhSachLePhi": fees, "DanhSachGiayToKetQua": results, "HinhThuc": "Bưu chính"}
    )

    assert sync_payload.fee_of(members) == {
        "amount_vnd": 50000, "items": [{"name": "Lệ phí", "amount_vnd": 50000}], "stage": "intake",
    }  # fmt: skip
    assert sync_payload.result_of(members, sync_payload.way_of(members)) == {
        "items": [{"number": "12/2024", "name": "Giấy chứng nhận kết hôn", "issued_on": "2024-11-27",
                   "file_url": "https://kq.example.vn/1.pdf"}],
        "ways": ["electronic", "post"],
    }  # fmt: skip


def test_a_fee_that_was_paid_says_when_how_and_with_which_receipt():
    fees = [
        {
            "SoTien": 25000,
            "NgayThanhToan": "20241126090000",
            "SoBienLai": "BL-1",
            "DuocThanhToanTrucTuyen": "1",
        }
    ]

    paid = sync_payload.fee_paid_of(sync_values.Members({"DanhSachLePhi": fees}))

    assert (paid["amount_vnd"], paid["method"], paid["receipt_number"]) == (25000, "national", "BL-1")


def test_a_step_names_the_officer_of_a_department():
    ((kind, code, body),) = sync_payload.read_progress(STEP).acts

    data = EventIn().load(body)
    assert (kind, code, data["status"], data["department"]) == ("event", CODE, 4, "Bộ phận Tư pháp – Hộ tịch")
    assert data["officer"] == {"name": "Trần Văn Minh", "title": "Công chức Tư pháp – Hộ tịch"}
    assert data["step"] == {"name": "Thẩm tra hồ sơ", "due_at": datetime(2024, 11, 27, 3, tzinfo=UTC)}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(WHOLE)), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE | STEP)) | st.text(max_size=8), json_values, max_size=12))
def test_any_payload_is_read_or_refused_with_a_remedy(said):
    for read in (sync_payload.read_dossier, sync_payload.read_progress):
        try:
            acts = read(WHOLE | said).acts
        except MotcuaError as error:
            assert "Xin" in error.message + str(error.details)
        else:
            assert all(kind in ("dossier", "event") for kind, _, _ in acts)


def sync(door, what: str, said) -> list[dict]:
    answer = door.post(f"/api/v1/sync/{what}", said)
    assert answer.status_code == 200, answer.json
    return answer.json["results"]


@pytest.mark.usefixtures("two_provinces")
class TestTheDoor:
    def test_a_dossier_and_its_steps_are_taken_in(self, api):
        door = api["binh-thuan"]

        (dossier,) = sync(door, "dossiers", WHOLE)
        (step,) = sync(door, "progress", [STEP])

        assert (dossier["status"], step["status"], dossier["code"]) == (201, 201, CODE)
        shown = door.get(f"/api/v1/dossiers/{CODE}").json
        assert (shown["status"], shown["officer"], shown["department"]) == (
            4, "Trần Văn Minh", "Bộ phận Tư pháp – Hộ tịch",
        )  # fmt: skip

    def test_the_same_payload_twice_changes_nothing(self, api):
        door = api["binh-thuan"]
        asked = {"NoiDungYeuCau": "Thiếu tờ khai", "NgayYeuCau": "20241126100000"}
        asked["NgayTiepNhanBoSung"] = "20241126110000"
        said = [
            WHOLE | {"TrangThaiHoSo": 4, "DanhSachHoSoBoSung": [asked]},
            WHOLE | {"MaHoSo": CODE[:-1] + "8"},
        ]
        sync(door, "dossiers", said)
        sync(door, "progress", STEP)
        before = counts()

        again = sync(door, "dossiers", said) + sync(door, "progress", STEP)

        assert [one["status"] for one in again] == [200, 200, 200]
        assert counts() == before

    def test_each_of_a_list_has_its_own_result(self, api):
        wrong = {"MaHoSo": "không", "MaTTHC": "1.000894"}
        results = sync(api["binh-thuan"], "dossiers", [WHOLE, wrong, {"MaTTHC": "1"}, WHOLE | {"LaLa": 1}])

        assert [one["status"] for one in results] == [201, 422, 422, 200]
        assert results[3]["ignored"] == 1
        assert "MaHoSo" in results[2]["error"]["fields"]

    def test_a_step_of_an_unknown_dossier_is_not_found(self, api):
        assert sync(api["da-nang"], "progress", STEP)[0]["status"] == 404

    @pytest.mark.parametrize("said", [[], 1, "x", [1], [[]]], ids=str)
    def test_what_is_no_payload_is_refused(self, api, said):
        assert api["binh-thuan"].post("/api/v1/sync/dossiers", said).status_code == 422

    def test_a_test_key_leaves_nothing(self, api):
        from tests.factories import make_api_key

        api["binh-thuan"].key = make_api_key("binh-thuan", "test")

        assert sync(api["binh-thuan"], "dossiers", WHOLE)[0]["status"] == 201
        assert counts() == (0, 0, 0, 0, 0)
