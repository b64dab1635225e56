"""The base of the search, kept in a file from process to process."""

import pytest

from motcua.catalogue.base import Base
from motcua.catalogue.kept_base import KEPT, kept_or_made
from motcua.catalogue.records import Record
from motcua.catalogue.search import Overlay, ProcedureIndex
from motcua.catalogue.vocabulary import Vocabulary, read_vocabulary

RECORDS = [
    Record("1.000894", "Thủ tục đăng ký kết hôn", "Hộ tịch", ("commune",), ("Công dân Việt Nam",)),
    Record("1.001193", "Thủ tục đăng ký khai sinh", "Hộ tịch", ("commune",), ("Công dân Việt Nam",)),
]


@pytest.fixture
def words(tmp_path):
    folder = tmp_path / "vocabulary"
    folder.mkdir()
    (folder / "names.csv").write_text("said,kind,meant,note\ncưới nhau,name,1.000894,dân gian\n")
    return folder


@pytest.fixture
def ask(app, tmp_path, words):
    """The code that a question finds first, through the kept base; `ask.made` counts how often it was made."""

    def make() -> Base:
        found.made += 1
        return Base(RECORDS, read_vocabulary(words))

    def found(question: str, records=RECORDS) -> str:
        base = kept_or_made(tmp_path / "cache", records, words, make)
        index = ProcedureIndex(
            base, Overlay.build(base, {one.code: None for one in RECORDS}, Vocabulary(), [])
        )
        return index.search(question).results[0].code

    found.made = 0
    return found


def files(tmp_path) -> list:
    return sorted((tmp_path / "cache").glob("search-*"))


def test_what_one_process_made_the_next_one_reads(ask):
    assert [ask("cưới nhau"), ask("khai sinh")] == ["1.000894", "1.001193"]
    assert ask.made == 1


def test_other_words_make_another_base(ask, words):
    ask("cưới nhau")
    (words / "names.csv").write_text("said,kind,meant,note\ncưới nhau,name,1.001193,dân gian\n")

    assert ask("cưới nhau") == "1.001193"
    assert ask.made == 2


def test_other_procedures_make_another_base(ask):
    ask("khai sinh")
    ask("khai sinh", RECORDS[1:])

    assert ask.made == 2


def test_a_file_that_somebody_touched_is_not_read(ask, tmp_path):
    ask("khai sinh")
    (file,) = files(tmp_path)
    sealed = file.read_bytes()
    file.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))

    assert ask("khai sinh") == "1.001193"
    assert ask.made == 2


def test_old_bases_are_tidied_away(ask, words, tmp_path):
    for number in range(KEPT + 2):
        (words / "names.csv").write_text(f"said,kind,meant,note\ncưới {number},name,1.000894,dân gian\n")
        ask("khai sinh")

    assert len(files(tmp_path)) == KEPT


def test_without_a_folder_to_write_the_search_goes_on(ask, tmp_path):
    (tmp_path / "cache").write_text("in the way")

    assert ask("khai sinh") == "1.001193"
