"""A citizen's own words find the right one of the base catalogue's procedures."""

import pickle
import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.catalogue.base import Base
from motcua.catalogue.records import Record, national_records
from motcua.catalogue.search import Overlay, ProcedureIndex
from motcua.catalogue.vocabulary import Entry, Vocabulary, read_line, read_vocabulary
from motcua.core.text.normal import without_marks
from motcua.tenancy.problems import FolderInvalid
from tests.core.text.test_vietnamese import typed
from tests.factories import TENANTS

NATIONAL = TENANTS / "_national"


@pytest.fixture(scope="module")
def base() -> Base:
    records = list(national_records(NATIONAL))
    return Base(records, read_vocabulary(NATIONAL / "vocabulary", {one.code for one in records}))


@pytest.fixture(scope="module")
def index(base) -> ProcedureIndex:
    return ProcedureIndex(base)


@pytest.fixture(scope="module")
def alike(base) -> dict[str, set[str]]:
    """Name without marks -> codes that bear it: a judge takes any of them."""
    found: dict[str, set[str]] = {}
    for record in base.records:
        found.setdefault(_bare(record.name), set()).add(record.code)
    return found


def _bare(name: str) -> str:
    return " ".join(without_marks(name.lower()).split())


def within_three(index, text: str, codes: set[str]) -> bool:
    return any(one.code in codes for one in index.search(text).results[:3])


def share(index, alike, records, spoil) -> float:
    """Which share of these procedures is found within three by its spoilt name."""
    found = sum(within_three(index, spoil(one.name), alike[_bare(one.name)]) for one in records)
    return found / len(records)


def short_names(base, number: int) -> list[Record]:
    """Names of a length that somebody might type, the same ones in every run."""
    short = [one for one in base.records if 3 <= len(one.name.split()) <= 14]
    return random.Random(7).sample(short, number)


def test_every_procedure_is_found_by_its_own_name(index, base, alike):
    lost = [one.name for one in base.records if not within_three(index, one.name, alike[_bare(one.name)])]

    assert len(lost) <= len(base.records) * 0.005, lost[:10]


@pytest.mark.parametrize(
    ("how", "spoil", "least"),
    [
        ("no accents", lambda name: without_marks(name.lower()), 0.97),
        ("decomposed", lambda name: unicodedata.normalize("NFD", name), 0.99),
        ("capitals", str.upper, 0.99),
        ("Telex", lambda name: " ".join(typed(word, 0) for word in name.lower().split()), 0.9),
        ("VNI", lambda name: " ".join(typed(word, 1) for word in name.lower().split()), 0.9),
        ("polite", lambda name: f"cho em hỏi {name.lower()} cần giấy tờ gì ạ", 0.97),
        ("backwards", lambda name: " ".join(reversed(name.split())), 0.85),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_however_a_name_is_typed_it_is_found(index, base, alike, how, spoil, least):
    assert share(index, alike, short_names(base, 250), spoil) >= least


def test_one_wrong_letter_in_a_name_does_not_lose_it(index, base, alike):
    chance = random.Random(11)

    def mistype(name: str) -> str:
        words = name.split()
        at = max(range(len(words)), key=lambda number: len(words[number]))
        word = words[at]
        cut = chance.randrange(1, len(word))
        words[at] = word[:cut] + word[cut + 1 :]
        return " ".join(words)

    assert share(index, alike, short_names(base, 250), mistype) >= 0.95


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("đk kết hôn", "1.000894"),
        ("ĐKKH", "1.000894"),
        ("làm đám cưới giấy", "1.000894"),
        ("1.000894", "1.000894"),
        ("mã 1.000894.000.00.00.H11 là gì", "1.000894"),
        ("lam lai can cuoc bi mat", "1.014064"),
        ("ba tui mới mất, mần giấy chứng tử ở mô", "1.000656"),
        ("mở quán tạp hóa thì đăng ký gì", "1.001612"),
        ("xin giấy độc thân", "1.004873"),
    ],
)
def test_common_questions_in_peoples_own_words(index, line, code):
    assert code in [one.code for one in index.search(line).results[:3]]


@pytest.mark.parametrize(
    ("line", "aspect"),
    [
        ("đăng ký kết hôn hết bao nhiêu tiền", "fee"),
        ("đăng ký kết hôn cần giấy tờ gì", "papers"),
        ("đăng ký kết hôn mất mấy ngày", "time"),
        ("đăng ký kết hôn ở đâu", "where"),
        ("đăng ký kết hôn", None),
    ],
)
def test_what_is_asked_about_the_procedure_is_told_apart(index, line, aspect):
    assert index.search(line).aspect == aspect


@pytest.mark.parametrize(
    "line", ["giá vàng hôm nay", "xin chào bạn khỏe không", "asdf qwer zxcv", "", "?!", "🙂"]
)
def test_what_is_no_procedure_is_declined(index, line):
    assert index.search(line).kind == "none"


@pytest.mark.parametrize("line", ["chứng thực", "đăng ký khai sinh cho con"])
def test_a_plain_wish_with_several_real_variants_is_answered_or_asked_back(index, line):
    answer = index.search(line)

    assert answer.kind in ("choices", "match")
    assert len(answer.results) >= 2


@settings(max_examples=300, deadline=None)
@given(line=st.text(max_size=400))
def test_any_line_has_an_answer(index, line):
    answer = index.search(line)

    assert answer.kind in ("match", "choices", "none")
    assert len(answer.results) <= 10


def test_a_province_finds_only_what_it_does(base):
    own = ProcedureIndex(base, Overlay.build(base, {"1.000894": None}, Vocabulary()))

    assert [one.code for one in own.search("đăng ký kết hôn").results] == ["1.000894"]
    assert own.search("1.000656").kind != "match"


def test_a_provinces_own_name_and_own_procedure_are_found(base):
    own_record = Record("9.000001", "Hỗ trợ ngư dân mua máy tời thu lưới rê tầng đáy", "Thủy sản")
    own = ProcedureIndex(
        base, Overlay.build(base, {"1.000894": "Đăng ký hôn nhân tại phố núi"}, Vocabulary(), [own_record])
    )

    assert own.search("hôn nhân phố núi").results[0].code == "1.000894"
    assert own.search("ngu dan mua may toi thu luoi").results[0].code == "9.000001"
    assert own.search("9.000001").results[0].name == own_record.name


def test_a_provinces_own_words_are_understood(base):
    words = Vocabulary((Entry("name", ("lam giay xanh do",), ("1.000894",)),))
    own = ProcedureIndex(base, Overlay.build(base, dict.fromkeys(base.position), words))

    assert own.search("làm giấy xanh đỏ").results[0].code == "1.000894"


def test_a_vocabulary_with_faults_is_refused_with_line_and_remedy(tmp_path):
    (tmp_path / "x.csv").write_text(
        "said,kind,meant,note\nabc,magic,x,\n,noise,,\nxyz,name,12,\n", encoding="utf-8"
    )

    with pytest.raises(FolderInvalid) as refused:
        read_vocabulary(tmp_path, {"1.000894"})

    assert len(refused.value.problems) >= 3


def test_one_line_by_hand_is_checked_the_same_way():
    faults, entry = read_line("đám cưới giấy", "name", "kết hôn")
    assert entry is None and "Xin" in faults[0]

    faults, entry = read_line("đám cưới giấy", "name", "1.000894")
    assert faults == [] and entry.meant == ("1.000894",)


def test_a_base_read_back_from_a_file_finds_the_same(base, index):
    again = ProcedureIndex(pickle.loads(pickle.dumps(base)))

    for record in short_names(base, 40):
        question = without_marks(record.name)
        assert again.search(question) == index.search(question)
