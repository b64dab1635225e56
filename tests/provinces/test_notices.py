"""What the vendor tells provinces by letter, where letters can leave."""

import pytest

from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.provinces import notices
from tests.alerts import test_alerts
from tests.factories import make_staff

letterbox = test_alerts.letterbox
GIVEN = {"title": "Bảo trì đêm nay", "body": "Từ 22 giờ đến 23 giờ.", "importance": "urgent", "by": "Vân"}


def published(**given) -> int:
    made = notices.publish(**(GIVEN | given))
    db.session.commit()
    return made.id


def test_a_notice_goes_by_letter_to_the_admins_of_each_province_and_to_nobody_else(two_provinces, letterbox):
    mine = make_staff("binh-thuan", role="province_admin")
    make_staff("binh-thuan", role="officer")
    make_staff("da-nang", role="province_admin")
    number = published(tenants=["binh-thuan"])

    sent = notices.mail("binh-thuan", number)

    assert sent == 1 and [to for to, _ in letterbox.letters] == [[mine.email]]
    assert "Từ 22 giờ đến 23 giờ." in letterbox.letters[0][1]


def test_a_withdrawn_notice_and_a_province_without_admins_get_no_letter(two_provinces, letterbox):
    number = published()
    assert notices.mail("da-nang", number) == 0
    make_staff("da-nang", role="province_admin")
    notices.withdraw(number)
    db.session.commit()

    assert notices.mail("da-nang", number) == 0
    assert letterbox.letters == []


@pytest.mark.parametrize(
    "wrong", [{"title": "x"}, {"body": ""}, {"importance": "loud"}, {"tenants": ["hue"]}]
)
def test_a_notice_that_says_nothing_or_goes_nowhere_is_refused(app, two_provinces, wrong):
    with pytest.raises(Invalid):
        notices.publish(**(GIVEN | wrong))
