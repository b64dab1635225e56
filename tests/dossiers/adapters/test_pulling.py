"""Fetching from a province's own system: over real HTTP, from files, and from nowhere."""

import hashlib
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine

from motcua.core import json_calls, queue, throttle
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake
from motcua.dossiers.adapters import pulling, rest
from motcua.dossiers.adapters.contract import CannotAsk, SourceRefused, SourceUnavailable
from motcua.dossiers.adapters.files import CsvAdapter
from motcua.dossiers.adapters.mock import MockAdapter
from motcua.dossiers.adapters.models import DossierSource
from motcua.dossiers.adapters.rest import RestAdapter
from motcua.sweeper import sweep_all
from tests.dossiers.door.test_batch import counts

CODE = "000.00.01.H11-241126-{:04d}"
PHONE = hashlib.sha256(b"84912345678").hexdigest()


def payload(number: int, **given) -> dict:
    return {
        "MaHoSo": CODE.format(number), "MaTTHC": "1.000894", "ChuHoSo": "Lan", "SoDienThoai": "0912345678",
        "NgayTiepNhan": "20241126080000", "TrangThaiHoSo": "2", "DonViXuLy": "UBND xã",
    } | given  # fmt: skip


class Province(ThreadingHTTPServer):
    """A province's JSON API. `faults` are what it does instead, one a request: a status, bytes, or "slow"."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items, self.faults, self.asked, self.page = [], [], [], 2
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server, parts = self.server, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        server.asked.append((parts.path, query, self.headers.get("Authorization")))
        fault = server.faults.pop(0) if server.faults else None
        if fault == "slow":
            time.sleep(1.0)
        if isinstance(fault, int):
            return self.answer(fault, b"{}")
        if isinstance(fault, bytes):
            return self.answer(200, fault)
        start = int(query.get("cursor", 0))
        some = server.items[start : start + server.page]
        if parts.path == "/api/changes":
            more = start + len(some) < len(server.items)
            return self.answer(200, {"items": some, "cursor": str(start + len(some)), "has_more": more})
        if parts.path.startswith("/api/dossiers/"):
            code = unquote(parts.path.rpartition("/")[2])
            found = next((one for one in server.items if one["MaHoSo"] == code), None)
            return self.answer(200 if found else 404, found or {})
        return self.answer(200, {"items": server.items if query.get("phone_hash") == PHONE else []})

    def answer(self, status: int, said) -> None:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        return


@pytest.fixture
def system(monkeypatch):
    monkeypatch.setattr(json_calls, "FIRST_PAUSE_S", 0.01)
    server = Province()
    yield server
    server.shutdown()
    server.server_close()


def choose(kind: str, place: str) -> None:
    with tenant_scope("binh-thuan"):
        pulling.choose(kind, place, "khóa bí mật", 5)
        db.session.commit()


def source() -> DossierSource:
    with tenant_scope("binh-thuan"):
        return pulling.of_tenant()


@pytest.mark.usefixtures("two_provinces")
class TestARestSource:
    def test_all_pages_are_taken_in_and_the_next_time_only_what_is_new(self, system):
        system.items = [payload(number) for number in range(1, 6)]
        choose("rest", system.url)

        assert pulling.pull("binh-thuan") == 5
        system.items.append({"MaHoSo": CODE.format(1), "ThoiDiemXuLy": "20241126100000", "TrangThai": 4})
        assert pulling.pull("binh-thuan") == 1

        assert counts()[:2] == (5, 6)
        assert [query.get("cursor") for _, query, _ in system.asked] == [None, "2", "4", "5"]
        assert {key for *_, key in system.asked} == {"Bearer khóa bí mật".encode().decode("latin-1")}
        assert source().failure is None

    def test_a_fault_that_passes_is_not_noticed(self, system):
        system.items, system.faults = [payload(1)], [503, b"<html>"]
        choose("rest", system.url)

        assert pulling.pull("binh-thuan") == 1
        assert source().failure is None

    @pytest.mark.parametrize(
        ("faults", "failure"),
        [([500] * 3, "source_unavailable"), ([b"[]"], "source_unavailable"),
         ([b'{"items": [1]}'], "source_unavailable"), ([401], "source_refused"), ([302], "source_refused")],
        ids=str,
    )  # fmt: skip
    def test_a_fault_that_stays_is_noted_and_tried_again_later(self, system, faults, failure):
        system.items, system.faults = [payload(1)], list(faults)
        choose("rest", system.url)

        assert pulling.pull("binh-thuan") == 0

        assert source().failure == failure
        assert source().next_pull_at > datetime.now(UTC) + timedelta(minutes=4)
        assert pulling.pull("binh-thuan") == 1
        assert source().failure is None

    def test_one_that_does_not_answer_is_given_up_in_time(self, system, monkeypatch):
        monkeypatch.setattr(rest, "TOTAL_S", 0.2)
        system.faults = ["slow"] * 3
        began = time.monotonic()

        with pytest.raises(SourceUnavailable):
            RestAdapter(system.url).changes_since(None)

        assert time.monotonic() - began < 20

    def test_after_many_failures_it_is_left_in_peace_for_a_while(self, system):
        system.faults = [500] * 300
        choose("rest", system.url)
        for _ in range(throttle.FAILURES_TO_OPEN):
            pulling.pull("binh-thuan")
        before = len(system.asked)

        pulling.pull("binh-thuan")

        assert len(system.asked) == before
        assert source().failure == "circuit_open"

    def test_a_page_is_kept_with_its_cursor_or_not_at_all(self, system, monkeypatch):
        system.items = [payload(number) for number in range(1, 6)]
        choose("rest", system.url)
        taken, real = [], pulling._take

        def power_cut(payloads):
            real(payloads)
            taken.append(payloads)
            if len(taken) == 2:
                raise KeyboardInterrupt

        monkeypatch.setattr(pulling, "_take", power_cut)
        with pytest.raises(KeyboardInterrupt):
            pulling.pull("binh-thuan")
        assert (counts()[0], source().cursor) == (2, "2")
        monkeypatch.setattr(pulling, "_take", real)

        assert pulling.pull("binh-thuan") == 0  # another process may still be at it
        with time_machine.travel(datetime.now(UTC) + pulling.LEASE + timedelta(seconds=1), tick=False):
            assert pulling.pull("binh-thuan") == 3
        assert counts()[:2] == (5, 5)

    def test_one_dossier_is_fetched_when_asked_for(self, system):
        system.items = [payload(1)]
        choose("rest", system.url)

        with tenant_scope("binh-thuan"):
            assert pulling.fetch(CODE.format(1))
            assert not pulling.fetch(CODE.format(2))
            assert intake.find(CODE.format(1)).status == 2

    def test_a_phone_is_asked_for_by_its_hash_only(self, system):
        system.items = [payload(1)]

        assert [one["MaHoSo"] for one in RestAdapter(system.url).search_by_phone(PHONE)] == [CODE.format(1)]
        assert "912345678" not in str(system.asked)

    def test_a_refusal_is_no_reason_to_ask_again(self, system):
        system.faults = [403]

        with pytest.raises(SourceRefused):
            RestAdapter(system.url).changes_since(None)
        assert len(system.asked) == 1

    def test_the_sweep_asks_when_it_is_time(self, system, app):
        choose("rest", system.url)

        sweep_all()

        assert pulling.PULL in [job.func_name for job in queue.lane_queue("normal").jobs]

    def test_the_key_is_kept_encrypted(self, system):
        choose("rest", system.url)

        assert "khóa bí mật" not in source().token_encrypted


@pytest.mark.usefixtures("two_provinces")
def test_a_folder_of_files_is_read_by_the_row_and_a_new_file_from_its_beginning(tmp_path):
    columns = "MaHoSo,MaTTHC,ChuHoSo,SoDienThoai,NgayTiepNhan,TrangThaiHoSo,DonViXuLy\n"
    row = "{},1.000894,Lan,0912345678,20241126080000,{},UBND xã\n"
    (tmp_path / "1.csv").write_text(columns + row.format(CODE.format(1), 2) + row.format(CODE.format(2), 2))
    choose("csv", str(tmp_path))

    assert pulling.pull("binh-thuan") == 2
    assert pulling.pull("binh-thuan") == 0
    (tmp_path / "2.csv").write_text(columns + row.format(CODE.format(1), 9))
    assert pulling.pull("binh-thuan") == 1

    with tenant_scope("binh-thuan"):
        assert intake.find(CODE.format(1)).status == 9
    adapter = CsvAdapter(tmp_path)
    assert adapter.get_dossier(CODE.format(1))["TrangThaiHoSo"] == "9"
    assert len(adapter.search_by_phone(PHONE)) == 1
    with pytest.raises(CannotAsk):
        adapter.list_procedures()


@pytest.mark.usefixtures("two_provinces")
def test_a_mock_tells_what_its_file_holds(tmp_path):
    file = tmp_path / "mock.json"
    file.write_text(json.dumps({"dossiers": [payload(1)], "procedures": [{"MaTTHC": "1.000894"}]}))
    choose("mock", str(file))

    assert pulling.pull("binh-thuan") == 1
    assert counts()[0] == 1
    adapter = MockAdapter(file)
    assert adapter.get_dossier(CODE.format(1))["ChuHoSo"] == "Lan"
    assert adapter.list_procedures() == [{"MaTTHC": "1.000894"}]
    assert len(adapter.search_by_phone(PHONE)) == 1


@pytest.mark.usefixtures("two_provinces")
def test_a_source_that_is_gone_is_noted(tmp_path):
    choose("mock", str(tmp_path / "nowhere.json"))

    assert pulling.pull("binh-thuan") == 0
    assert source().failure == "source_unavailable"


def test_what_is_known_is_as_of_the_last_time_the_source_told_all(province, tmp_path):
    told, asked = datetime(2026, 11, 26, 1, tzinfo=UTC), datetime(2026, 11, 26, 3, tzinfo=UTC)
    file = tmp_path / "mock.json"
    file.write_text(json.dumps({"dossiers": [payload(1)]}))
    pulling.choose("mock", str(file), None, 5)
    db.session.commit()
    with time_machine.travel(told, tick=False):
        pulling.pull(province)
    with time_machine.travel(asked, tick=False):
        pulling.pull(province)

    with tenant_scope(province):
        assert pulling.as_of(intake.find(CODE.format(1))) == asked
        assert pulling.as_of() is None
