"""The `[news]` section of tenant.toml: all optional, and nothing that would lead a citizen astray."""

import pytest
from marshmallow import ValidationError

from motcua.provinces.keeping import to_settings
from motcua.tenancy.folder_schema import NewsSection
from motcua.tenancy.province import NewsRules


def test_a_folder_that_says_nothing_has_the_usual_rules():
    assert NewsSection().load({}) == NewsRules()


def test_rules_survive_the_tenants_settings():
    given = {"moves": "agency", "silence_days_by_status": {"1": 3}, "file_hosts": ["kq.binhthuan.gov.vn"]}

    rules = NewsRules(**to_settings(NewsSection().load(given)))

    assert (rules.moves, rules.silence_days_by_status, list(rules.file_hosts)) == tuple(given.values())


@pytest.mark.parametrize(
    "given",
    [
        {"moves": "sometimes"}, {"silence_days": 0}, {"silence_days_by_status": {"11": 3}}, {"link_hours": 0},
        {"pay_hosts": ["https://dichvucong.gov.vn"]}, {"pay_hosts": ["*.vn"]}, {"file_hosts": ["10.0.0.1"]},
        {"file_delivery": "mail"},
    ],
    ids=str,
)  # fmt: skip
def test_a_rule_that_cannot_hold_is_refused_with_a_remedy(given):
    with pytest.raises(ValidationError) as refused:
        NewsSection().load(given)

    assert "Xin" in str(refused.value.messages)
