"""Which letter groups are Vietnamese syllables: an initial, a rime, a tone that the rime can bear."""

from functools import lru_cache

from .normal import split_tone, tone_of, without_marks

_INITIALS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu y yêm yên yêng yêt yêu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeng oeo oet
oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uên uênh uêt ui um un ung uôc uôi uôm uôn uông uôt uơ up ut
uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
"""
INITIALS = frozenset(_INITIALS.split()) | {""}
RIMES = frozenset(_RIMES.split())
_PLAIN_RIMES = frozenset(map(without_marks, RIMES))
_STOPS = ("p", "t", "c", "ch")  # rimes that end so bear only sắc and nặng
_STOP_TONES = ("\u0301", "\u0323")


@lru_cache(maxsize=20_000)
def split_syllable(syllable: str) -> tuple[str, str, str] | None:
    """Initial, rime without tone, tone mark; None where it is no Vietnamese syllable.

    `syllable` is normalised. Without any mark it counts where some accents make it a syllable.
    """
    base, tone = split_tone(syllable)
    rimes = _PLAIN_RIMES if base.isascii() and not tone else RIMES
    for length in (3, 2, 1, 0):
        initial, rime = base[:length], base[length:]
        if initial not in INITIALS or len(initial) != length:
            continue
        if initial == "gi" and rime == "":
            rime = "i"
        if initial == "gi" and rime.startswith("ê"):
            rime = "i" + rime
        if rime in rimes and _fits(initial, rime) and (not tone or _bears(rime, tone)):
            return initial, rime, tone
    return None


def is_syllable(syllable: str) -> bool:
    """Whether it could be Vietnamese; `syllable` is normalised."""
    return split_syllable(syllable) is not None


def _fits(initial: str, rime: str) -> bool:
    if initial == "qu":
        return rime[0] not in "uư"
    if initial in ("gh", "ngh", "k"):
        return without_marks(rime)[0] in "eiy"
    return not (initial == "" and rime == "")


def _bears(rime: str, tone: str) -> bool:
    return not rime.endswith(_STOPS) or tone in _STOP_TONES


def has_marks(syllable: str) -> bool:
    """Whether a tone or a hat was typed; `đ` counts."""
    return tone_of(syllable) != "" or without_marks(syllable) != syllable
