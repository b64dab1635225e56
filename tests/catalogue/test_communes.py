"""Which commune a citizen means."""

import pytest

from motcua.catalogue import communes
from motcua.core.database import db
from tests.factories import make_communes


@pytest.fixture(autouse=True)
def three_communes(province):
    make_communes()
    db.session.commit()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ổ gà ở phường Mũi Né", ["ubnd-mui-ne"]),
        ("o ga o phuong mui ne", ["ubnd-mui-ne"]),
        ("rác ở P. Mũi Né cả tuần", ["ubnd-mui-ne"]),
        ("trước chợ Phan Thiết", ["ubnd-phan-thiet"]),
        ("ngập ở phường Hàm Tiến cũ", ["ubnd-mui-ne"]),
        ("đường ở xã Tân Bình hư", ["ubnd-tan-hai"]),
        ("đường Tân Hải bị sụt", []),  # a short name alone may be a street
        ("ổ gà trước nhà tôi", []),
        ("phường Mũi Né giáp phường Phan Thiết", ["ubnd-mui-ne", "ubnd-phan-thiet"]),
    ],
)
def test_a_commune_named_in_a_story_is_found(text, codes):
    assert sorted(one.code for one in communes.mentioned(text)) == codes


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Mũi Né", "ubnd-mui-ne"),
        ("tan hai", "ubnd-tan-hai"),
        ("Phú Trinh", "ubnd-phan-thiet"),
        ("x tân tiến", "ubnd-tan-hai"),
    ],
)
def test_a_name_that_was_asked_for_may_stand_alone(line, code):
    assert [one.code for one in communes.named(line)] == [code]


def test_an_unknown_name_is_no_commune():
    assert communes.named("Hoàng Sa") == []
