"""Logs name things; they never hold contents."""

import json

import structlog

from motcua.core import log


def test_personal_data_and_secrets_do_not_reach_a_log_line(capsys):
    log.configure()
    log_line = structlog.get_logger("test")

    log_line.info("sent", tenant="da-nang", phone="84912345678", access_token="abc", text="xin chào", uid="7")

    written = json.loads(capsys.readouterr().err)
    assert written["tenant"] == "da-nang"
    assert not {"84912345678", "abc", "xin chào", "7"} & set(map(str, written.values()))
