"""Which vehicle a line speaks of, and how well a provision's group of people fits it."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from motcua.catalogue.markers import longest_first
from motcua.catalogue.phrases import PhraseTable, Word
from motcua.catalogue.vocabulary import Entry
from motcua.core.text.normal import normalise

from .decree import rows_of

CAR, MOTORBIKE, BICYCLE, PEDESTRIAN = "car", "motorbike", "bicycle", "pedestrian"
_VEHICLE = "vehicle"
# Behind these words stands somebody else's vehicle: “nhường đường cho người đi bộ”, “làn ô tô”, “tông xe máy”.
_OTHERS = re.compile(
    r"(?:\b(?:nhuong|nhuong duong|can tro|can|chan|chan duong|tranh)(?: cho| xe)?"
    r"|\b(?:lan|tong|dung|dam|huc|cua|nem da vao|vach|vach cho|gan|phan duong|rieng cho|nhu|cho)) $"
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
    "small_four_wheel": {"car": 0.95, "coach": 0.6},
}  # fmt: skip
_STRANGER = 0.45
# Without a vehicle in the line: what people most often mean.
_UNASKED = {
    MOTORBIKE: 1.0, CAR: 0.995, "truck": 0.985, "coach": 0.985, "motorbike_load": 0.98, "anybody": 0.99,
    "motorbike_passenger": 0.98, "car_passenger": 0.98, "motorbike_owner": 0.98, "car_owner": 0.97,
    BICYCLE: 0.85, PEDESTRIAN: 0.85, "animal": 0.95, "special": 0.7, "bicycle_passenger": 0.8,
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

    def asked(self, words: Sequence[str]) -> frozenset[str]:
        """The vehicles of whoever asks. `words`: accent-free; somebody else's vehicle does not count."""
        hits = longest_first(self._table.find([Word(word, word) for word in words], bare=True))
        return frozenset(
            meant
            for hit in hits
            for meant in hit.entry.meant
            if not _OTHERS.search(" ".join(words[: hit.start]) + " ")
        )


def fit(group: str, asked: Iterable[str]) -> float:
    """How well a provision about `group` fits: 1 for what was asked."""
    asked = list(asked)
    if not asked:
        return _UNASKED.get(group, _SELDOM)
    return max(1.0 if group == one else _FIT.get(one, {}).get(group, _STRANGER) for one in asked)
