import pytest

from motcua.zalo.errors import ZaloRejected
from motcua.zalo.messages import TemplateParam, ZbsTemplate
from motcua.zalo.template_draft import DraftParam, TemplateDraft

PARAMS = (
    TemplateParam("ho_ten", "1", max_length=30),
    TemplateParam("ma_ho_so", "4", max_length=30, min_length=3),
    TemplateParam("ngay_tra", "11"),
    TemplateParam("le_phi", "14", required=False),
)
DATA = {"ho_ten": "Nguyễn Văn A", "ma_ho_so": "HS-001", "ngay_tra": "25/11/2026"}


def test_values_that_fit_pass():
    ZbsTemplate("300001", DATA | {"le_phi": "5.000", "extra": "x"}).check(PARAMS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ho_ten": ""}, "ho_ten"),
        ({"ho_ten": "  "}, "ho_ten"),
        ({"ho_ten": "x" * 31}, "ho_ten"),
        ({"ma_ho_so": "HS"}, "ma_ho_so"),
        ({"ngay_tra": "2026-11-25"}, "ngay_tra"),
        ({"ngay_tra": "31/02/2026"}, "ngay_tra"),
        ({"le_phi": "năm nghìn"}, "le_phi"),
        ({"le_phi": "1" * 13}, "le_phi"),
    ],
)
def test_a_value_that_does_not_fit_is_named(change, field):
    with pytest.raises(ZaloRejected) as refused:
        ZbsTemplate("300001", DATA | change).check(PARAMS)

    assert list(refused.value.details) == [field]


def test_all_that_is_wrong_is_named_at_once():
    with pytest.raises(ZaloRejected) as refused:
        ZbsTemplate("300001", {"x": "y"}).check(PARAMS)

    assert set(refused.value.details) == {"ho_ten", "ma_ho_so", "ngay_tra"}


@pytest.mark.parametrize("value", ["25/11/2026", "08:30 25/11/2026", "08:30:05 25/11/2026"])
def test_the_three_forms_of_a_time(value):
    assert TemplateParam("t", "11").problem_with(value) is None
    assert TemplateParam("t", "DATE").problem_with(value) is None


def test_a_parameter_may_be_listed_with_numbers_as_text():
    given = {
        "name": "a",
        "require": "true",
        "type": 4,
        "maxLength": "30",
        "minLength": 0,
        "acceptNull": False,
    }

    assert TemplateParam.from_wire(given) == TemplateParam("a", "4", True, 30, None, False)


def test_a_parameter_that_accepts_null_may_be_empty():
    assert TemplateParam("a", "4", accept_null=True).problem_with("") is None
    assert TemplateParam("a", "4", accept_null=True).problem_with(None) is not None
    assert TemplateParam("a", "4", required=False).problem_with(None) is None


LAYOUT = {
    "header": {"components": [{"LOGO": {"light": {"media_id": "m"}, "dark": {"media_id": "m"}}}]},
    "body": {
        "components": [
            {"TITLE": {"value": "Hồ sơ <ma_ho_so> đã có kết quả"}},
            {"PARAGRAPH": {"value": "Kính gửi <ho_ten>, hồ sơ đã xong."}},
            {
                "TABLE": {
                    "rows": [
                        {"title": "Mã hồ sơ", "value": "<ma_ho_so>"},
                        {"title": "Họ tên", "value": "<ho_ten>"},
                    ]
                }
            },
        ]
    },
    "footer": {
        "components": [
            {"BUTTONS": {"items": [{"type": 1, "title": "Xem hồ sơ", "content": "https://mc.vn"}]}}
        ]
    },
}
DRAFT = {
    "name": "Báo kết quả hồ sơ",
    "type": 1,
    "tag": 1,
    "layout": LAYOUT,
    "params": (DraftParam("ma_ho_so", "4", "HS-001"), DraftParam("ho_ten", "1", "Nguyễn Văn A")),
}


def test_a_draft_on_the_wire():
    wire = TemplateDraft(**DRAFT).to_wire()

    assert (wire["template_name"], wire["template_type"], wire["tag"]) == ("Báo kết quả hồ sơ", "1", "1")
    assert wire["params"][0] == {"name": "ma_ho_so", "type": "4", "sample_value": "HS-001"}


def body(*components) -> dict:
    return {"layout": {"body": {"components": list(components)}}, "params": ()}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "ngắn"}, "name"),
        ({"type": 6}, "type"),
        ({"tag": 0}, "tag"),
        ({"note": "x" * 401}, "note"),
        ({"layout": {"header": {}}}, "layout"),
        ({"layout": {"body": []}, "params": ()}, "layout.body"),
        ({"params": DRAFT["params"][:1]}, "params"),
        ({"params": (*DRAFT["params"], DraftParam("thua", "4", "x"))}, "params"),
        (body({"TITLE": {"value": "ngắn"}}), "layout.body.TITLE"),
        (body({"PARAGRAPH": {"value": "x" * 401}}), "layout.body.PARAGRAPH"),
        (body(*[{"PARAGRAPH": {"value": "một hai ba"}}] * 5), "layout.body.PARAGRAPH"),
        (body({"TABLE": {"rows": [{"title": "Một", "value": "Hai"}]}}), "layout.body.TABLE"),
        (body({"BUTTONS": {"items": []}}), "layout.body.BUTTONS"),
        (body({"A": {}, "B": {}}), "layout.body"),
        (body({"LOGO": "x"}), "layout.body.LOGO"),
        (body({"TITLE": {"value": "<a><b><c><d><e>"}}), "layout.body.TITLE"),
        ({"type": 5}, "layout.body"),
        (body({"RATING": {"items": []}}), "layout.body.RATING"),
    ],
)
def test_a_draft_that_reviewers_would_send_back_is_refused_here(change, field):
    with pytest.raises(ZaloRejected) as refused:
        TemplateDraft(**DRAFT | change)

    assert list(refused.value.details) == [field]


@pytest.mark.parametrize(
    ("name", "kind", "sample", "field"),
    [("họ tên", "1", "A", "name"), ("a", "16", "A", "type"), ("a", "1", "x" * 31, "sample_value")],
)
def test_a_parameter_of_a_draft_is_checked(name, kind, sample, field):
    with pytest.raises(ZaloRejected) as refused:
        DraftParam(name, kind, sample)

    assert list(refused.value.details) == [field]
