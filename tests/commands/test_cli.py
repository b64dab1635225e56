"""The `motcua` command as an operator types it."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from motcua.cli import main
from motcua.core.database import db, tenant_scope
from motcua.messaging import pauses
from motcua.tenancy.models import OfficialAccount
from tests.console.test_letting_go import HELD, SLUG, owed_by
from tests.factories import TENANTS, make_province


@pytest.fixture
def motcua(settings, app, national, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", settings.database_urls["app"])
    monkeypatch.setenv("DATABASE_OWNER_URL", settings.database_urls["owner"])
    monkeypatch.setenv("DATABASE_REPORT_URL", settings.database_urls["report"])
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("MOTCUA_VAR", str(settings.var))

    def run(*words: str, **options):
        return CliRunner().invoke(main, list(words), **options)

    return run


def test_a_province_is_applied_listed_and_checked(motcua):
    applied = motcua("tenant", "apply", str(TENANTS / "da-nang"))
    listed = motcua("tenant", "list")
    checked = motcua("tenant", "check", "da-nang")

    assert (applied.exit_code, "đã nạp 114 cơ quan" in applied.output) == (0, True)
    assert listed.output == "da-nang\tlive\tda-nang.localhost\n"
    assert checked.exit_code == 1
    assert "✓ Cơ quan của tỉnh: 114" in checked.output and "✗ OA đã kết nối" in checked.output


def test_a_wrong_folder_is_one_message_and_exit_code_1(motcua, tmp_path):
    (tmp_path / "_national").symlink_to(TENANTS / "_national")
    (tmp_path / "hue").mkdir()

    refused = motcua("tenant", "apply", str(tmp_path / "hue"))

    assert refused.exit_code == 1
    assert "hue/tenant.toml" in refused.stderr and "Traceback" not in refused.stderr


def test_an_unknown_province_is_a_sentence_with_the_remedy(motcua):
    for words in (("tenant", "check", "hue"), ("api-key", "issue", "--tenant", "hue", "--label", "x")):
        refused = motcua(*words)

        assert refused.exit_code == 1
        assert "motcua tenant apply" in refused.stderr


def test_a_key_is_issued_works_and_is_revoked(motcua, app):
    make_province("da-nang")
    key = motcua("api-key", "issue", "--tenant", "da-nang", "--label", "iGate").output.strip()
    headers = {"Authorization": f"Bearer {key}"}
    path = "/api/v1/dossiers/000.00.01.H17-241126-0001"
    assert app.test_client().get(path, headers=headers).status_code == 404

    revoked = motcua("api-key", "revoke", "--tenant", "da-nang", key.split("_")[1])

    assert revoked.exit_code == 0
    assert app.test_client().get(path, headers=headers).status_code == 401


def test_the_keys_of_a_province_are_listed_without_their_secrets(motcua, app):
    make_province("da-nang")
    key = motcua(
        "api-key", "issue", "--tenant", "da-nang", "--label", "iGate", "--mode", "test"
    ).output.strip()

    listed = motcua("api-key", "list", "--tenant", "da-nang").output

    _, key_id, secret = key.split("_", 2)  # the secret itself may hold a “_”
    number, mode, label, _, used, state = listed.strip().split("\t")
    assert (key_id, mode, label, used, state) == (number, "test", "iGate", "chưa dùng", "đang dùng")
    assert secret not in listed


def test_an_oa_is_connected_by_a_pasted_pair(motcua):
    make_province("da-nang")
    with tenant_scope("da-nang"):
        db.session.execute(db.update(OfficialAccount).values(state="needs_consent"))
        db.session.commit()

    done = motcua("oa", "connect", "--tenant", "da-nang", input="an access token\na refresh token\n")

    assert done.exit_code == 0
    assert "an access token" not in done.output
    with tenant_scope("da-nang"):
        account = db.session.scalars(db.select(OfficialAccount)).one()
        assert (account.state, account.access_token, account.refresh_token) == (
            "connected", "an access token", "a refresh token",
        )  # fmt: skip


def test_a_staff_members_short_password_is_refused(motcua):
    make_province("da-nang")
    words = (
        "staff",
        "add",
        "--tenant",
        "da-nang",
        "--email",
        "a@b.example",
        "--name",
        "A",
        "--password",
        "short",
    )

    refused = motcua(*words)

    assert refused.exit_code == 1
    assert "12 ký tự" in refused.stderr


def test_the_list_of_commands_needs_no_room_of_the_product():
    code = (
        "import sys; from click.testing import CliRunner; from motcua.cli import main;"
        "print(CliRunner().invoke(main, ['--help']).output);"
        "print(*sorted({one.split('.')[1] for one in sys.modules if one.startswith('motcua.')}))"
    )

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    said, _, rooms = ran.stdout.rstrip().rpartition("\n")
    assert rooms == "cli core later"
    assert all(f"  {name} " in said for name in ("demo", "db", "tenant", "service"))


@pytest.mark.parametrize("name", sorted(main.later))
def test_a_commands_line_in_the_list_is_its_own_first_sentence(name):
    command = main.get_command(None, name)

    assert command.name == name
    assert main.later[name][1] == command.get_short_help_str(200)


def test_whoever_lets_a_province_go_on_reads_what_stays(motcua, province):
    owed_by("paused", state="queued", failure="paused")
    with tenant_scope(SLUG):
        pauses.pause("OA đang bảo trì", "Phạm Thu Hà")
        db.session.commit()

    answer = motcua("tenant", "resume", SLUG)

    assert answer.output.startswith(f"{SLUG} đang gửi tiếp. {HELD}")
