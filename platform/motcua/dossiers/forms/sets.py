"""Which set of official forms holds on which day, and what each form is called in it.

Two sets are known: the one of Thông tư 03/2025/TT-VPCP (in force 1/7/2025) and the one of Thông tư
01/2018/TT-VPCP before it. A province may change over on another day: `form_sets` in its tenant.toml.
Titles and numbers of both are from secondary sources; the letters after a paper's number (`TNHS`) from
papers seen in use. The official masters were not at hand.
"""

from dataclasses import dataclass
from datetime import date

from motcua.core.errors import NotFound


@dataclass(frozen=True)
class Form:
    kind: str
    number: str  # "01", as the circular counts
    title: str
    symbol: str | None  # behind the paper's number; None: the form carries no number


@dataclass(frozen=True)
class FormSet:
    key: str
    circular: str
    forms: tuple[Form, ...]

    def of_kind(self, kind: str) -> Form | None:
        return next((form for form in self.forms if form.kind == kind), None)

    def numbered(self, number: str) -> Form:
        """Raises FormUnknown when this set has no such form."""
        found = next((form for form in self.forms if form.number == number), None)
        if found is None:
            raise FormUnknown
        return found


class FormUnknown(NotFound):
    code = "form_unknown"
    message = "Không có mẫu giấy tờ mang số này. Xin chọn một mẫu trên trang của hồ sơ."


NEW = FormSet(
    "tt03-2025",
    "Thông tư số 03/2025/TT-VPCP",
    (
        Form("receipt", "01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "TNHS"),
        Form("supplement", "02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "YCBS"),
        Form("refusal", "03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ", "TCTN"),
        Form("apology", "04", "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết", "XLGH"),
        Form("stop", "05", "Thông báo dừng giải quyết hồ sơ", "DGQ"),
        Form("control", "06", "Phiếu kiểm soát quá trình giải quyết hồ sơ", "KSHS"),
        Form("register", "07", "Sổ theo dõi hồ sơ", None),
    ),
)
OLD = FormSet(
    "tt01-2018",
    "Thông tư số 01/2018/TT-VPCP",
    (
        Form("receipt", "01", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "TNHS"),
        Form("supplement", "02", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "HDHS"),
        Form("refusal", "03", "Phiếu từ chối tiếp nhận giải quyết hồ sơ", "TCTN"),
        Form("apology", "04", "Phiếu xin lỗi và hẹn lại ngày trả kết quả", "PXL"),
        Form("control", "05", "Phiếu kiểm soát quá trình giải quyết hồ sơ", "KSHS"),
        Form("register", "06", "Sổ theo dõi hồ sơ", None),
    ),
)
SETS = {one.key: one for one in (OLD, NEW)}
NATIONAL_CHANGE = date(2025, 7, 1)
NATIONAL_PERIODS = (
    {"circular": OLD.key, "valid_from": None, "valid_to": "2025-06-30"},
    {"circular": NEW.key, "valid_from": NATIONAL_CHANGE.isoformat(), "valid_to": None},
)


def set_on(settings: dict, day: date) -> FormSet:
    """The set for a dossier received on `day`; `settings` as the tenant's row holds them."""
    periods = settings.get("form_sets") or NATIONAL_PERIODS
    holding = (
        one
        for one in periods
        if (one["valid_from"] or "0001-01-01") <= day.isoformat() <= (one["valid_to"] or "9999-12-31")
    )
    return SETS[next(holding, periods[0])["circular"]]
