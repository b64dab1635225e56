"""What a province may set of its survey."""

from datetime import timedelta

import pytest
from marshmallow import ValidationError

from motcua.core.database import db
from motcua.surveys import rules
from motcua.tenancy import current
from motcua.tenancy.folder_schema import SurveySection


def test_what_is_left_out_holds_as_everywhere(province):
    assert rules.of_tenant() == rules.Rules()


def test_a_province_sets_its_own(province):
    tenant = current.tenant()
    tenant.settings = tenant.settings | {
        "survey": {"is_on": False, "reminder_after_days": 5, "open_for_days": None, "bands": [16, 12, 8, 4]},
        "retention": {"survey_text_days": 30},
    }
    db.session.flush()

    given = rules.of_tenant()
    assert (given.is_on, given.reminder_after, given.open_for) == (
        False,
        timedelta(days=5),
        timedelta(days=21),
    )
    assert (given.bands, given.text_kept) == ((16, 12, 8, 4), timedelta(days=30))


@pytest.mark.parametrize(
    "section",
    [
        {"open_for_days": 14},
        {"open_for_days": 31},
        {"bands": [6, 9, 12, 15]},
        {"bands": [15, 12, 9]},
        {"days": 3},
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(section):
    with pytest.raises(ValidationError) as refused:
        SurveySection().load(section)

    assert "Xin" in str(refused.value.messages)
