"""Which vehicle a line speaks of, and how well a provision's group of people fits it."""

import re
from collections.abc import Iterable
from pathlib import Path

from motcua.catalogue.markers import longest_first
from motcua.catalogue.phrases import PhraseTable, word_of
from motcua.catalogue.vocabulary import Entry
from motcua.core.text.keystrokes import decode
from motcua.core.text.normal import normalise
from motcua.core.text.tokens import tokenise

from .decree import rows_of

CAR, MOTORBIKE, BICYCLE, PEDESTRIAN = "car", "motorbike", "bicycle", "pedestrian"
_TELLING = ("emergency", "school_bus", "small_four_wheel", "rescue", "company", "school", "inspection")
# Behind these words stands somebody else's vehicle: “nhường đường cho người đi bộ”, “làn ô tô”, “tông xe máy”.
# Without accents only words that can mean nothing else: “dung” may be “đụng” or “dừng”.
_OTHERS = re.compile(
    r"(?:\b(?:nhường|nhường đường|cản trở|cản|chắn|chặn|chắn đường|tránh|nhuong|nhuong duong|can tro|chan duong)"
    r"(?: cho| xe)?"
    r"|\b(?:làn|tông|đụng|đâm|húc|của|ném đá vào|vạch|vạch cho|gần|phần đường|riêng cho|như|cho|chở|lan|tong|dam|huc"
    r"|vach|phan duong|rieng cho)) $"
)
# What fits an asked vehicle less well than its own group, which counts 1; groups not named fit hardly at all.
_FIT = {
    CAR: {"car_owner": 0.97, "car_passenger": 0.97, "anybody": 0.95, "truck": 0.85, "coach": 0.85, "company": 0.7,
          "small_four_wheel": 0.7, "foreign": 0.7, "school_bus": 0.7},
    "truck": {"car": 0.95, "car_owner": 0.93, "company": 0.85, "car_passenger": 0.85, "anybody": 0.9},
    "coach": {"car": 0.93, "coach_passenger": 0.95, "car_owner": 0.93, "company": 0.88, "car_passenger": 0.9,
              "school_bus": 0.8, "anybody": 0.88},
    MOTORBIKE: {"motorbike_owner": 0.97, "motorbike_passenger": 0.97, "motorbike_load": 0.97, "anybody": 0.95},
    BICYCLE: {"bicycle_passenger": 0.97, "motorbike_load": 0.85, "anybody": 0.93},
    PEDESTRIAN: {"anybody": 0.95},
    "special": {"truck": 0.75, "car_owner": 0.85, "anybody": 0.9, "car": 0.6},
    "animal": {"anybody": 0.9, "pedestrian": 0.6},
    "rescue": {"car": 0.85, "car_owner": 0.9, "truck": 0.7},
    "emergency": {"ambulance": 1.0, "car": 0.9, "motorbike": 0.85, "anybody": 0.8},
    "school_bus": {"coach": 0.85, "company": 0.95, "car": 0.8},
    "owner": {"motorbike_owner": 1.1, "car_owner": 1.1, "company": 0.9, "anybody": 0.8},
    "company": {"coach": 0.93, "truck": 0.93, "car_owner": 0.95, "school_bus": 0.9, "car": 0.7},
    "coach_passenger": {"car_passenger": 0.99, "coach": 0.8, "car": 0.75, "motorbike_passenger": 0.7},
    "school": {"anybody": 0.6},
    "inspection": {"car_owner": 0.7},
    "small_four_wheel": {"car": 0.95, "coach": 0.6},
}  # fmt: skip
_STRANGER = 0.4
# Without a vehicle in the line: what people most often mean.
_UNASKED = {
    MOTORBIKE: 1.0, CAR: 0.995, "truck": 0.985, "coach": 0.985, "motorbike_load": 0.98, "anybody": 0.99,
    "motorbike_passenger": 0.98, "car_passenger": 0.98, "motorbike_owner": 0.98, "car_owner": 0.97,
    BICYCLE: 0.85, PEDESTRIAN: 0.85, "animal": 0.8, "special": 0.7, "bicycle_passenger": 0.8,
}  # fmt: skip
_SELDOM = 0.92


class Vehicles:
    """The vehicles' everyday names: `vehicles.csv`."""

    def __init__(self, file: Path):
        self.labels: dict[str, str] = {}
        self.said: list[tuple[str, Entry]] = []
        for row in rows_of(file):
            names = tuple(map(normalise, row["said"].split("|")))
            self.labels.setdefault(row["vehicle"], row["label"])
            self.said += [(name, Entry("noise", names, (row["vehicle"],))) for name in names]
        self._table = PhraseTable(self.said)

    @property
    def quiet(self) -> list[tuple[str, Entry]]:
        """Those that say nothing about what was done with them."""
        return [(said, entry) for said, entry in self.said if entry.meant[0] not in _TELLING]

    def asked(self, text: str) -> frozenset[str]:
        """The vehicles of whoever asks; somebody else's vehicle does not count."""
        tokens = tokenise(normalise(text))
        # `oto` is both a word and raw keystrokes: either reading may name a vehicle.
        return self._asked(tokens) | self._asked([decode(token) or token for token in tokens])

    def _asked(self, tokens: list[str]) -> frozenset[str]:
        words = list(map(word_of, tokens))
        bare = sum(not word.is_bare for word in words) * 8 <= len(words)
        return frozenset(
            meant
            for hit in longest_first(self._table.find(words, bare))
            for meant in hit.entry.meant
            if not _OTHERS.search(" ".join(tokens[: hit.start]) + " ")
        )


def fit(group: str, asked: Iterable[str]) -> float:
    """How well a provision about `group` fits: 1 for what was asked."""
    asked = list(asked)
    if not asked:
        return _UNASKED.get(group, _SELDOM)
    return max(1.0 if group == one else _FIT.get(one, {}).get(group, _STRANGER) for one in asked)
