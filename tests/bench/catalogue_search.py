"""The search of procedures: quality beside plain BM25 and trigrams, speed, and memory of many tenants."""

import csv
import math
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from motcua.catalogue.base import Base
from motcua.catalogue.records import national_records
from motcua.catalogue.search import Overlay, ProcedureIndex
from motcua.catalogue.vocabulary import Vocabulary, read_vocabulary
from motcua.core import collecting
from motcua.core.text.normal import normalise, without_marks
from tests.factories import TENANTS

NATIONAL = TENANTS / "_national"
TENANT_COUNTS = (1, 5, 34, 100)
ROUNDS = 5
Finder = Callable[[str], list[str]]


def catalogue_search() -> dict[str, object]:
    """Shares of the sample questions (first, within three), milliseconds, seconds and megabytes."""
    began = time.perf_counter()
    base = build_base()
    built_s = time.perf_counter() - began
    index = ProcedureIndex(base)
    questions = sample()
    names = {record.code: _words(record.name) for record in base.records}
    return {
        "quality": {
            "ours": quality(lambda line: [one.code for one in index.search(line).results], questions),
            "bm25": quality(bm25(names), questions),
            "trigram": quality(trigrams(names), questions),
        },
        "search_ms": speed(index, [line for line, _ in questions]),
        "base_build_s": round(built_s, 2),
        "tenant_build_s": round(tenant_build(base), 3),
        "rss_mb_by_tenants": {count: memory_of(count) for count in TENANT_COUNTS},
    }


def build_base() -> Base:
    with collecting.paused():
        records = list(national_records(NATIONAL))
        return Base(records, read_vocabulary(NATIONAL / "vocabulary", {one.code for one in records}))


def sample() -> list[tuple[str, set[str]]]:
    with (NATIONAL / "questions.csv").open(encoding="utf-8", newline="") as rows:
        return [(row["query"], set(row["codes"].split())) for row in csv.DictReader(rows) if row["codes"]]


def quality(find: Finder, questions: list[tuple[str, set[str]]]) -> dict[str, float]:
    found = [find(line)[:3] for line, _ in questions]
    first = sum(
        codes[:1] != [] and codes[0] in right for codes, (_, right) in zip(found, questions, strict=True)
    )
    three = sum(bool(right & set(codes)) for codes, (_, right) in zip(found, questions, strict=True))
    return {
        "first_pct": round(100 * first / len(questions), 1),
        "within_three_pct": round(100 * three / len(questions), 1),
    }


def bm25(names: dict[str, list[str]], k1: float = 1.5, b: float = 0.75) -> Finder:
    """Okapi BM25 over accent-free names, as it stands in any book."""
    counts = {code: Counter(words) for code, words in names.items()}
    average = statistics.fmean(map(len, names.values()))
    holders = Counter(word for one in counts.values() for word in one)
    rarity = {word: math.log(1 + (len(names) - n + 0.5) / (n + 0.5)) for word, n in holders.items()}

    def find(line: str) -> list[str]:
        words = [word for word in _words(line) if word in rarity]
        scores = {}
        for code, one in counts.items():
            long = k1 * (1 - b + b * len(names[code]) / average)
            scores[code] = sum(rarity[w] * one[w] * (k1 + 1) / (one[w] + long) for w in words if w in one)
        return sorted(scores, key=lambda code: -scores[code])[:3]

    return find


def trigrams(names: dict[str, list[str]]) -> Finder:
    """Shared trigrams over all trigrams (Jaccard), as pg_trgm's similarity counts them."""
    sets = {code: _trigrams(" ".join(words)) for code, words in names.items()}

    def find(line: str) -> list[str]:
        asked = _trigrams(" ".join(_words(line)))
        scores = {code: len(asked & one) / len(asked | one) for code, one in sets.items()}
        return sorted(scores, key=lambda code: -scores[code])[:3]

    return find


def speed(index: ProcedureIndex, lines: list[str]) -> dict[str, float]:
    """The median round of five: every sample question once, one core."""
    rounds = []
    for _ in range(ROUNDS):
        took = []
        for line in lines:
            began = time.perf_counter()
            index.search(line)
            took.append((time.perf_counter() - began) * 1000)
        took.sort()
        rounds.append((took[len(took) // 2], took[int(len(took) * 0.99)]))
    return {
        "p50": round(statistics.median(one[0] for one in rounds), 2),
        "p99": round(statistics.median(one[1] for one in rounds), 2),
    }


def tenant_build(base: Base) -> float:
    began = time.perf_counter()
    Overlay.build(base, dict.fromkeys(base.position), Vocabulary())
    return time.perf_counter() - began


def memory_of(tenants: int) -> int:
    """Megabytes at the peak of a process of its own that holds so many tenants' indexes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.catalogue_search", str(tenants)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def _hold(tenants: int) -> None:
    base = build_base()
    codes = sorted(base.position)
    kept = []
    for number in range(tenants):
        own = {code: None for at, code in enumerate(codes) if (at + number) % 5}
        own[codes[number]] = f"Tên riêng của tỉnh {number}"
        kept.append(ProcedureIndex(base, Overlay.build(base, own, Vocabulary())))
    for one in kept:
        one.search("đăng ký kết hôn")
    # VmHWM begins anew with this program; ru_maxrss would remember the process that started it.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    sys.stdout.write(str(int(peak.split()[1]) // 1024))


def _words(text: str) -> list[str]:
    return without_marks(normalise(text)).split()


def _trigrams(text: str) -> set[str]:
    return {
        word[at : at + 3] for word in (f"  {one} " for one in text.split()) for at in range(len(word) - 2)
    }


if __name__ == "__main__":
    _hold(int(sys.argv[1]))
