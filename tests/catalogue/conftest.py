"""A national folder and a province's files, written for one test."""

import json

import pytest


@pytest.fixture
def procedure() -> dict:
    """One procedure as a line of the national base has it."""
    return {
        "code": "1.000894",
        "name": "Thủ tục đăng ký kết hôn",
        "field": "Hộ tịch",
        "levels": ["commune"],
        "issuing_agency": "Bộ Tư pháp",
        "implementing_agency": "Ủy ban nhân dân cấp xã",
        "competent_agency": "",
        "subjects": ["Công dân Việt Nam"],
        "decision_no": "163/QĐ-BTP",
        "procedure_type": "",
        "online": True,
        "channels": [
            {
                "channel": "counter",
                "time": {"text": "1", "value": 1, "unit": None},
                "fee": "Miễn phí",
                "fee_note": "Phí cấp bản sao theo Thông tư số 281/2016/TT-BTC",
                "note": "",
            }
        ],
        "papers": [
            {"name": "Tờ khai", "originals": 1, "copies": 0, "has_form": False, "kind": "paper"},
            {"name": "Lưu ý", "originals": 0, "copies": 0, "has_form": False, "kind": "note"},
        ],
        "results": ["Giấy chứng nhận kết hôn"],
        "legal_basis": ["123/2015/NĐ-CP"],
        "url": "https://dichvucong.gov.vn/",
        "source": "test",
        "has_details": True,
    }


@pytest.fixture
def national_folder(tmp_path):
    """Writes lines (objects or raw text) into a national folder and gives its path."""

    def write(*lines, name: str = "bo-tu-phap.jsonl"):
        folder = tmp_path / "_national"
        (folder / "procedures").mkdir(parents=True, exist_ok=True)
        texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        (folder / "procedures" / name).write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def csv_file(tmp_path):
    """Writes text or bytes as a file of the province binh-thuan."""

    def write(name: str, content: str | bytes):
        file = tmp_path / "binh-thuan" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write
