import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from tests.zalo_simulator.driving import OA, OPENAPI, SIM, Zalo, wait_until


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/apps", {"nonsense": 1}),
        ("/apps", {"app_id": 5}),
        ("/apps", {"webhook_url": "ftp://x"}),
        ("/oas", {"oa_id": "9"}),
        ("/oas", {"oa_id": OA, "menu": [{"title": "x"}]}),
        ("/grants", {"app_id": "1"}),
        ("/citizens", {"name": "Lan", "phone": "abc"}),
        ("/citizens", {"name": "Lan", "phone": "0912345678", "citizen_id": "khác"}),
        ("/templates", {"id": "9"}),
        ("/templates", {"id": "9", "oa_id": OA, "name": "x", "layout": {"title": "<ma>"}}),
        ("/templates", {"id": "9", "oa_id": OA, "name": "x", "layout": {"head": ""}}),
        ("/clock", {"scale": -1}),
        ("/settings", {"pkce_mode": "maybe"}),
        ("/settings", {"nonsense": 1}),
        (f"/citizens/lan/chats/{OA}/text", {"text": ""}),
        (f"/citizens/lan/chats/{OA}/text", {"text": "a", "more": 1}),
        (f"/citizens/lan/chats/{OA}/rate", {"message_id": "x", "stars": 6}),
        (f"/citizens/lan/chats/{OA}/file", {"content_base64": "%"}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(zalo, path, body):
    assert zalo.sim("POST", path, body, expect=400)["error"].endswith(".")


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"'])
def test_bodies_that_are_no_objects(zalo, raw):
    status, _, answer = zalo.http("POST", SIM + "/apps", raw)

    assert status == 400 and "JSON" in json.loads(answer)["error"]


def test_what_is_not_there(zalo):
    assert zalo.sim("GET", "/citizens/nobody/chats", expect=404)["error"]
    assert zalo.sim("GET", "/citizens/lan/chats/1", expect=404)["error"]
    assert zalo.sim("POST", f"/citizens/lan/chats/{OA}/fly", expect=404)["error"]
    assert zalo.sim("GET", "/nothing", expect=404)["error"]
    assert zalo.sim("DELETE", "/apps", {"x": 1}, expect=405)["error"]


def test_a_page_of_another_site_may_not_operate_it(zalo):
    status, _, _ = zalo.http("POST", SIM + "/reset", b"{}", {"Origin": "https://evil.test"})

    assert status == 403
    assert zalo.http("POST", SIM + "/citizens", b"{}", {"Origin": zalo.base})[0] == 400


def test_health_and_reset(zalo):
    assert zalo.sim("GET", "/health") == {"ok": True}
    zalo.sim("POST", "/reset")
    assert zalo.sim("GET", "/citizens") == {"citizens": []}
    assert abs(zalo.sim("GET", "/clock")["now_ms"] - time.time() * 1000) < 2000


def test_ids_and_secrets_are_minted_when_left_out(zalo):
    app = zalo.sim("POST", "/apps", {"name": "Khác"})

    assert (
        app["app_id"].isdigit() and len(app["app_secret"]) >= 20 and app["oa_secret_key"] != app["app_secret"]
    )


def test_chats_of_a_citizen(zalo, uid):
    zalo.cs(uid, "a")

    first, second = zalo.sim("GET", "/citizens/lan/chats")["chats"]

    assert (first["oa_id"], first["uid"], first["unread"], first["is_follower"]) == (OA, uid, 1, True)
    assert first["last_message"]["text"] == "a" and second["last_message"] is None
    zalo.do("seen")
    assert zalo.chat()["unread"] == 0 and zalo.chat()["messages"][0]["seen"]


def test_a_citizen_without_zalo_has_no_phone_to_hold(zalo):
    zalo.sim(
        "POST", "/citizens", {"citizen_id": "ba", "name": "Ba", "phone": "0903333333", "has_zalo": False}
    )

    assert "has_zalo" in zalo.do("follow", citizen="ba", expect=400)["error"]


def test_a_script_can_wait_for_the_next_message(zalo, uid):
    since = int(time.time() * 1000)
    threading.Timer(0.1, zalo.cs, (uid, "đến rồi")).start()

    found = zalo.sim("GET", f"/messages?citizen=lan&oa={OA}&since_ms={since}&wait_s=5")["messages"]

    assert [(m["text"], m["citizen_id"], m["oa_id"]) for m in found] == [("đến rồi", "lan", OA)]
    assert zalo.sim("GET", f"/messages?citizen=minh&since_ms={since}")["messages"] == []
    later = found[0]["received_at_ms"] + 1
    assert zalo.sim("GET", f"/messages?citizen=lan&since_ms={later}")["messages"] == []


def test_the_stream_tells_a_phone_at_once(zalo, uid):
    connection = http.client.HTTPConnection("127.0.0.1", zalo.port, timeout=5)
    connection.request("GET", SIM + "/citizens/lan/stream")
    stream = connection.getresponse()
    assert stream.getheader("Content-Type") == "text/event-stream"
    while stream.readline().strip() != b"event: ready":
        pass

    zalo.cs(uid, "chào\nhai dòng")

    while (line := stream.readline().strip()) != b"event: message":
        assert line is not None
    data = json.loads(stream.readline().removeprefix(b"data: "))
    assert data["message"]["text"] == "chào\nhai dòng" and data["unread"] == 1 and data["oa_id"] == OA
    stream.close()
    connection.close()


def test_requests_are_kept_byte_for_byte_and_can_be_replayed(zalo, uid):
    zalo.cs(uid, "một lần")
    entry = zalo.sim("GET", f"/requests?path={OPENAPI}/v3.0/oa/message&limit=1")["requests"][0]

    again = zalo.sim("POST", f"/requests/{entry['n']}/replay", {})

    assert entry["method"] == "POST" and entry["status"] == 200 and entry["outcome"] == "answered"
    assert json.loads(entry["body"])["message"] == {"text": "một lần"}
    assert json.loads(entry["answer"])["error"] == 0
    assert ["access_token", zalo.token] in entry["headers"]
    assert json.loads(again["answer"])["error"] == 0
    assert zalo.sim("GET", "/stats")["duplicates"] == 1
    assert zalo.sim("POST", "/requests/99999999/replay", {}, expect=404)["error"]


def test_statistics(zalo, uid):
    zalo.cs(uid, "a")
    zalo.cs(uid, "a")
    zalo.cs("1", "a")

    stats = zalo.sim("GET", "/stats")

    assert stats["accepted"] == stats["shown"] == 2 and stats["errors"] == {"-213": 1}
    assert stats["oas"][OA]["accepted"] == {"text": 2} and stats["oas"][OA]["duplicates"] == 1


def test_the_clock_can_stand_run_and_jump(zalo):
    frozen = zalo.sim("GET", "/clock")["now_ms"]
    time.sleep(0.02)
    assert zalo.sim("GET", "/clock")["now_ms"] == frozen
    assert zalo.sim("POST", "/clock", {"advance_s": 90})["now_ms"] == frozen + 90_000
    zalo.sim("POST", "/clock", {"scale": 1000})
    time.sleep(0.02)
    assert zalo.sim("GET", "/clock")["now_ms"] > frozen + 100_000


def test_pages_carry_a_strict_policy(zalo):
    for path in ("/", "/control"):
        status, headers, page = zalo.http("GET", path)
        policy = headers["Content-Security-Policy"]
        assert status == 200 and "script-src 'self';" in policy and "unsafe" not in policy
        assert b"<script>" not in page and b" on" + b"click" not in page and b"style=" not in page
    assert zalo.http("GET", "/static/../cli.py")[0] == 404


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """The real command in a process of its own."""

    def __init__(self, *options: str):
        self.port = free_port()
        command = [sys.executable, "-m", "zalo_simulator", "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self) -> "Program":
        self.line = self.process.stdout.readline()
        self.zalo = Zalo(self.port)
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_the_command_says_when_it_is_ready_and_stops_cleanly(name):
    with Program() as program:
        assert str(program.port) in program.line
        assert program.zalo.sim("GET", "/health") == {"ok": True}

        program.process.send_signal(name)

        assert program.process.wait(5) == 0 and program.process.stderr.read() == ""


def test_a_taken_port_is_explained_in_two_languages(running):
    command = [sys.executable, "-m", "zalo_simulator", "--port", str(running.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)

    assert done.returncode == 1 and done.stdout == ""
    assert "cổng" in done.stderr and "is not available" in done.stderr and "Traceback" not in done.stderr


def is_an_hour_ahead(state_file):
    return json.loads(state_file.read_text())["clock"]["now_ms"] > (time.time() + 3500) * 1000


def test_the_state_file_outlives_kill_9(tmp_path):
    path = tmp_path / "zalo.json"
    with Program("--state", str(path)) as program:
        zalo = program.zalo
        zalo.sim("POST", "/apps", {"app_id": "1", "app_secret": "s", "oa_secret_key": "k"})
        zalo.sim("POST", "/oas", {"oa_id": OA, "name": "Tỉnh"})
        zalo.token = zalo.sim("POST", "/grants", {"app_id": "1", "oa_id": OA})["access_token"]
        zalo.sim("POST", "/citizens", {"citizen_id": "lan", "name": "Lan", "phone": "0912345678"})
        uid = zalo.follow()
        zalo.cs(uid, "nhớ tôi")
        zalo.sim("POST", "/clock", {"advance_s": 3600})
        wait_until(lambda: path.exists() and is_an_hour_ahead(path), "the state saved")
        program.process.kill()

    with Program("--state", str(path)) as program:
        zalo.port, zalo.base = program.port, program.zalo.base
        assert [message["text"] for message in zalo.chat()["messages"]] == ["nhớ tôi"]
        assert zalo.cs(uid, "tôi nhớ")["error"] == 0
        assert zalo.sim("GET", "/clock")["now_ms"] > (time.time() + 3500) * 1000
        program.process.terminate()
        program.process.wait(5)

    path.write_text("{broken")
    with Program("--state", str(path)) as program:
        assert program.process.wait(5) == 1 and "tệp trạng thái" in program.process.stderr.read()
