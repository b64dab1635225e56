"""What a citizen's line asks for: weighted terms, the action, the special case, the level, the aspect."""

from dataclasses import dataclass, replace
from itertools import pairwise

from motcua.core.text.keystrokes import decode
from motcua.core.text.normal import normalise
from motcua.core.text.syllables import is_syllable
from motcua.core.text.tokens import tokenise

from .base import Words
from .lexicon import Lexicon
from .markers import Marks, longest_first
from .phrases import Hit, Word, word_of, words_of
from .segments import Terms

MOST_WORDS = 80
_QUIET = {"noise": 0.04, "aspect": 0.12, "light": 0.6}
# What the words said still count, and what the words meant count instead.
_SAID = {"abbreviation": 0.35, "spelling": 0.2, "word": 0.9, "hint": 0.9, "action": 0.9, "special": 0.8}
_MEANT = {"abbreviation": 1.0, "spelling": 1.0, "word": 1.0, "hint": 0.6, "action": 1.0, "special": 0.3}
_LONGER, _SHORT = 1.6, 14.0
_OTHER_TONE = 0.55  # what a word still counts where only its accents differ
_CORRECTED = 0.75


@dataclass(frozen=True)
class Question:
    """A line, understood. `size` is what a surface saying just this would match."""

    terms: Terms
    size: float
    marks: Marks
    levels: frozenset[str]
    aspect: str | None
    words: tuple[str, ...]  # all of them, accent-free, as most likely meant
    content: frozenset[str]  # those that say what is wanted


@dataclass
class _Slot:
    """A word of the question with its readings: what was typed first, then what it may have been meant for."""

    word: Word
    weight: float = 1.0
    others: tuple[tuple[Word, float], ...] = ()


def understand(text: str, known: Words) -> Question:
    """`text` as typed."""
    slots = _read(tokenise(normalise(text))[:MOST_WORDS], known)
    _correct_neighbours(slots, known)
    best = [_best(slot) for slot in slots]
    bare = sum(not slot.word.is_bare for slot in slots) * 8 <= len(slots)
    hits = [
        hit
        for table in known.rewrites
        for hit in table.find(best, bare)
        if not _is_word_of_its_own(hit, best, known.lexicon)
    ]
    quiet = [hit for table in known.quiet for hit in table.find(best, bare)]
    levels = known.levels.find(best, bare=False)
    aspect = _quieten(slots, quiet, hits)
    for hit in levels:
        for slot in slots[hit.start : hit.end]:
            slot.weight = min(slot.weight, 0.3)
    content = frozenset(word.plain for slot, word in zip(slots, best, strict=True) if slot.weight >= 1.0)
    chosen = longest_first(hits)
    terms = _Collector(known, bare)
    for hit in chosen:
        for slot in slots[hit.start : hit.end]:
            slot.weight *= _SAID[hit.entry.kind]
    for slot in slots:
        terms.add_slot(slot)
    for left, right in pairwise(slots):
        terms.add_pair(left, right)
    terms.add_rewrites(slots, chosen)
    return Question(
        terms=terms.finish(),
        size=terms.size,
        marks=known.markers.of_hits(chosen),
        levels=frozenset(meant for hit in levels for meant in hit.entry.meant),
        aspect=aspect,
        words=tuple(word.plain for word in best),
        content=content,
    )


def content_of(text: str, known: Words) -> frozenset[str]:
    """The words of a phrase that say what is wanted, as Question.content has them."""
    return understand(text, known).content


def _read(tokens: list[str], known: Words) -> list[_Slot]:
    slots: list[_Slot] = []
    lexicon = known.lexicon
    for token in tokens:
        word = word_of(token)
        typed = decode(token)
        if typed is not None:
            meant = word_of(typed)
            if word.plain in lexicon and is_syllable(token):
                slots.append(_Slot(word, 1.0, ((meant, 0.9),)))
            elif word.plain in lexicon and meant.plain not in lexicon:
                slots.append(_Slot(word))
            elif word.plain in lexicon:
                slots.append(_Slot(word, 1.0, ((meant, 0.5),)))
            else:
                slots.append(_Slot(meant))
            continue
        if word.plain in lexicon or not word.plain.isalpha():
            slots.append(_Slot(word))
            continue
        parts = lexicon.split(word.plain)
        if parts:
            slots += [_Slot(Word(part, part)) for part in parts]
            continue
        corrections = lexicon.corrections(word.plain)
        others = tuple((Word(other, other), _CORRECTED - 0.2 * cost) for other, cost in corrections)
        if is_syllable(token) and not word.is_bare:
            others = tuple((other, weight * 0.8) for other, weight in others)
        slots.append(_Slot(word, 1.0, others))
    return slots


def _correct_neighbours(slots: list[_Slot], known: Words) -> None:
    """Words that exist but make no sense side by side: `hộ triếu`, `khai xinh`."""
    lexicon = known.lexicon
    plains = [slot.word.plain for slot in slots]
    anchored = [False] * len(slots)
    for at in range(len(slots) - 1):
        if lexicon.has_pair((plains[at], plains[at + 1])):
            anchored[at] = anchored[at + 1] = True
    for at in range(len(slots) - 1):
        if lexicon.has_pair((plains[at], plains[at + 1])) or (anchored[at] and anchored[at + 1]):
            continue
        for first, second, cost in lexicon.pair_corrections(plains[at], plains[at + 1]):
            weight = _CORRECTED - 0.15 * cost
            for place, meant in ((at, first), (at + 1, second)):
                if meant != plains[place]:
                    slots[place] = replace(
                        slots[place], others=(*slots[place].others, (Word(meant, meant), weight))
                    )


def _best(slot: _Slot) -> Word:
    """The reading to look phrases up by: what was meant, where something else than the typed word is likely."""
    if not slot.others:
        return slot.word
    meant, _ = max(slot.others, key=lambda other: other[1])
    return meant


def _is_word_of_its_own(hit: Hit, words: list[Word], lexicon: Lexicon) -> bool:
    """Whether what could be an abbreviation is a plain word here: `vat` in `vat lieu`, `hong` in `so hong`."""
    if hit.length > 1 or hit.entry.kind not in ("abbreviation", "spelling"):
        return False
    word = words[hit.start]
    return is_syllable(word.plain) and any(
        lexicon.has_pair((left.plain, right.plain))
        for left, right in pairwise(words[max(0, hit.start - 1) : hit.end + 1])
    )


def _quieten(slots: list[_Slot], quiet: list[Hit], rewrites: list[Hit]) -> str | None:
    """Question words count next to nothing, unless a longer phrase of the vocabulary needs them."""
    aspect = None
    for hit in longest_first(quiet):
        if any(
            other.start <= hit.start and hit.end <= other.end and other.length > hit.length
            for other in rewrites
        ):
            continue
        weight = _QUIET[hit.entry.kind]
        for slot in slots[hit.start : hit.end]:
            slot.weight = min(slot.weight, weight)
        if hit.entry.kind == "aspect" and aspect is None:
            aspect = hit.entry.meant[0]
    return aspect


class _Collector:
    """Gathers weighted terms; a term asked twice counts once, with its greatest weight."""

    def __init__(self, known: Words, bare: bool):
        self._known, self._bare = known, bare
        self._plain: dict[str, float] = {}
        self._exact: dict[str, float] = {}
        self._pairs: dict[tuple[str, str], float] = {}
        self.size = 0.0

    def add_slot(self, slot: _Slot) -> None:
        self._add(slot.word, slot.weight)
        for word, share in slot.others:
            self._add(word, slot.weight * share, counts=slot.word.plain not in self._known.lexicon)

    def _add(self, word: Word, weight: float, counts: bool = True) -> None:
        if weight <= 0:
            return
        if word.is_bare:
            plain, exact = weight, 0.0
            if word.is_bare and not self._bare:
                plain, exact = weight * 0.85, weight * 0.15
        else:
            plain, exact = weight * _OTHER_TONE, weight * (1 - _OTHER_TONE)
        if counts and plain + exact > self._plain.get(word.plain, 0.0) + self._exact.get(word.key, 0.0):
            self.size += (plain + exact) * self._known.rarity.of_plain(word.plain)
        self._plain[word.plain] = max(plain, self._plain.get(word.plain, 0.0))
        if exact:
            self._exact[word.key] = max(exact, self._exact.get(word.key, 0.0))

    def add_pair(self, left: _Slot, right: _Slot) -> None:
        for first, left_share in ((left.word, 1.0), *left.others):
            for second, right_share in ((right.word, 1.0), *right.others):
                pair = (first.plain, second.plain)
                if self._known.lexicon.has_pair(pair):
                    self._add_pair(pair, min(left.weight * left_share, right.weight * right_share))

    def _add_pair(self, pair: tuple[str, str], weight: float) -> None:
        if weight > self._pairs.get(pair, 0.0):
            self.size += (weight - self._pairs.get(pair, 0.0)) * self._known.rarity.of_pair(pair)
            self._pairs[pair] = weight

    def add_rewrites(self, slots: list[_Slot], hits: list[Hit]) -> None:
        for hit in hits:
            before = slots[hit.start - 1] if hit.start else None
            after = slots[hit.end] if hit.end < len(slots) else None
            said = self._worth([slot.word for slot in slots[hit.start : hit.end]])
            size, sizes = self.size, []
            for meant in hit.entry.meant:
                words = words_of(meant)
                # However long the official wording, it may not drown the rest of the question.
                most = max(_LONGER * said, _SHORT)
                weight = _MEANT[hit.entry.kind] * min(1.0, most / max(self._worth(words), 1e-6))
                for word in words:
                    self._add(word, weight)
                for left, right in pairwise(words):
                    self._add_pair((left.plain, right.plain), weight)
                for left, right in ((before, _Slot(words[0], weight)), (_Slot(words[-1], weight), after)):
                    if left is not None and right is not None:
                        self.add_pair(left, right)
                sizes.append(self.size - size)
                self.size = size
            self.size = size + max(sizes)

    def _worth(self, words: list[Word]) -> float:
        rarity = self._known.rarity
        return sum(rarity.of_plain(word.plain) for word in words) + sum(
            rarity.of_pair((left.plain, right.plain)) for left, right in pairwise(words)
        )

    def finish(self) -> Terms:
        return Terms(self._plain, self._exact, self._pairs)
