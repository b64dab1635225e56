"""`motcua dossier due` as an operator types it: from the province's folder, with and without a database."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from motcua.cli import main
from motcua.core.database import db, tenant_scope
from motcua.tenancy.calendars import CalendarDay
from tests.factories import TENANTS, make_province

ROOT = TENANTS.parent
MONDAY = "2026-11-23T10:00:00+07:00"


def line(**given) -> str:
    return json.dumps({"received_at": MONDAY, "duration": 1, "unit": "working_day"} | given)


def environment(tmp_path: Path, env: dict | None = None) -> dict:
    """With a `var` of its own, in which no server runs."""
    clean = {name: None for name in os.environ if name.endswith("_URL")}
    return clean | {"MOTCUA_VAR": str(tmp_path / "var")} | (env or {})


def run(slug: str, *lines: str, env: dict | None = None, tmp_path: Path) -> Result:
    return CliRunner().invoke(
        main,
        ["dossier", "due", "--tenant", slug],
        input="".join(one + "\n" for one in lines),
        env=environment(tmp_path, env),
    )


def answers(done: Result) -> list[dict]:
    return [json.loads(one) for one in done.stdout.splitlines()]


def test_a_process_of_its_own_answers_the_lines_it_is_fed(tmp_path):
    env = {name: value for name, value in (os.environ | environment(tmp_path)).items() if value is not None}

    done = subprocess.run(
        [sys.executable, "-m", "motcua", "dossier", "due", "--tenant", "binh-thuan"],
        input=f"{line(note='cột ghi chú')}\n{line(duration=None)}\n".encode(),
        capture_output=True,
        cwd=ROOT,
        env=env,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(one)["due_at"] for one in done.stdout.splitlines()] == [
        "2026-11-25T10:00:00+07:00",
        None,
    ]


def test_lines_are_answered_without_any_service(tmp_path):
    done = run(
        "binh-thuan",
        line(),
        line(duration=None),
        line(received_at="2026-11-23T03:00:00Z", supplement=[]),
        line(supplement=[["2026-11-23T14:00:00+07:00", None]], policy="pause"),
        line(duration=2.5, unit="hour", policy=None, supplement=None, note="cột ghi chú của bảng"),
        line(duration=None, unit="same_day"),
        tmp_path=tmp_path,
    )

    assert (done.exit_code, done.stderr) == (0, "")
    assert [one["due_at"] for one in answers(done)] == [
        "2026-11-25T10:00:00+07:00",
        None,
        "2026-11-25T10:00:00+07:00",
        None,
        "2026-11-23T14:30:00+07:00",
        "2026-11-23T17:00:00+07:00",
    ]
    assert not (tmp_path / "var" / "run").exists()


def test_a_bad_line_is_a_sentence_in_its_place_and_exit_code_1(tmp_path):
    bad = [
        "không phải JSON",
        "[]",
        "{}",
        line(received_at="2026-11-23T10:00:00"),
        line(received_at=20261123),
        line(duration="5"),
        line(duration=-1),
        line(duration=True),
        line(unit="week"),
        line(policy="stop"),
        line(supplement=[["2026-11-23T10:00:00+07:00"]]),
        line(supplement=[["2026-11-24T10:00:00+07:00", "2026-11-23T10:00:00+07:00"]]),
        line(received_at="2099-12-01T10:00:00+07:00", duration=90, unit="day"),
        line(received_at="0001-01-01T00:00:00+07:00"),
        '{"received_at": "2026-11-23T10:00:00+07:00", "unit": "hour", "duration": NaN}',
    ]

    done = run("binh-thuan", line(), *bad, line(), tmp_path=tmp_path)

    assert done.exit_code == 1
    first, *errors, last = answers(done)
    assert first == last == {"due_at": "2026-11-25T10:00:00+07:00"}
    assert len(errors) == len(bad)
    assert all("Xin" in one["error"] for one in errors)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("slug", ["hue", "_national", "..", "../tenants/binh-thuan", "binh-thuan/.."])
def test_an_unknown_province_is_a_sentence(slug, tmp_path):
    done = run(slug, line(), tmp_path=tmp_path)

    assert (done.exit_code, done.stdout) == (1, "")
    assert "Xin" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def home(tmp_path) -> Path:
    """A copy of one province whose folder can be changed."""
    shutil.copytree(TENANTS / "binh-thuan", tmp_path / "tenants" / "binh-thuan")
    return tmp_path


def test_the_folders_hours_days_and_agencies_are_obeyed(home, tmp_path):
    folder = home / "tenants" / "binh-thuan"
    settings = (folder / "tenant.toml").read_text().replace('["13:30", "17:00"]', '["13:00", "16:30"]')
    days = (
        '[[closed_days]]\ndate = 2026-11-25\nreason = "bão"\n\n'
        '[[extra_open_days]]\ndate = 2026-11-28\nreason = "làm bù"\ncounts = true\n\n'
        '[[extra_open_days]]\ndate = 2026-12-05\nreason = "nhận thêm"\n\n'
    )
    (folder / "tenant.toml").write_text(settings.replace("[branding]", days + "[branding]"))
    head, first, *others = (folder / "agencies.csv").read_text().splitlines()
    code = first.split(",")[0]
    table = [
        f"{head},office_hours",
        f"{first},T2-T6 08:00-12:00; T7 08:00-10:00",
        *(one + "," for one in others),
    ]
    (folder / "agencies.csv").write_text("\n".join(table) + "\n")

    done = run(
        "binh-thuan",
        line(),
        line(received_at="2026-11-26T15:00:00+07:00", duration=2),
        line(received_at="2026-12-04T15:00:00+07:00"),
        line(received_at="2026-11-23T12:15:00+07:00", duration=3.5, unit="hour"),
        line(received_at="2026-11-20T13:00:00+07:00", duration=1, unit="hour", agency=code),
        env={"MOTCUA_HOME": str(home)},
        tmp_path=tmp_path,
    )

    assert [one["due_at"] for one in answers(done)] == [
        "2026-11-26T10:00:00+07:00",
        "2026-11-28T15:00:00+07:00",
        "2026-12-07T15:00:00+07:00",
        "2026-11-23T16:30:00+07:00",
        "2026-11-21T09:00:00+07:00",
    ]


def test_faults_of_the_folder_are_told_with_their_place(home, tmp_path):
    table = home / "tenants" / "binh-thuan" / "agencies.csv"
    head, first, *_ = table.read_text().splitlines()
    table.write_text(f"{head},office_hours\n{first},cả ngày\n")

    done = run("binh-thuan", line(), env={"MOTCUA_HOME": str(home)}, tmp_path=tmp_path)

    assert done.exit_code == 1
    assert "agencies.csv, dòng 2, mục office_hours" in done.stderr and "Xin ghi như" in done.stderr


def test_what_the_console_says_is_asked_of_a_database_that_is_given(settings, app, national, tmp_path):
    make_province("binh-thuan")
    with tenant_scope("binh-thuan"):
        day = CalendarDay(date=date(2026, 11, 25), kind="closed", reason="bão", made_by="Hà")
        db.session.add(day)
        db.session.commit()
    urls = {
        "DATABASE_URL": settings.database_urls["app"],
        "DATABASE_OWNER_URL": settings.database_urls["owner"],
        "DATABASE_REPORT_URL": settings.database_urls["report"],
        "REDIS_URL": settings.redis_url,
    }

    done = run("binh-thuan", line(), env=urls, tmp_path=tmp_path)

    assert answers(done) == [{"due_at": "2026-11-26T10:00:00+07:00"}]


def test_a_database_that_is_away_is_said_and_the_folder_answers(tmp_path):
    away = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    urls = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_REPORT_URL"), away)

    done = run("binh-thuan", line(), env=urls, tmp_path=tmp_path)

    assert (done.exit_code, answers(done)) == (0, [{"due_at": "2026-11-25T10:00:00+07:00"}])
    assert "chỉ tính theo thư mục" in done.stderr and "Traceback" not in done.stderr
