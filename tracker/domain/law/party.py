"""Whose opinion is asked for, and the words that a file of each version of the exchange format has for it.

A third party (第32条), an organ that made the information together (共同制作机关, 第34条) and any other
organ (第33条第3款、第17条) are three parties: only the second consents by its silence. Ledgers older than
that distinction hold ``agency`` for both kinds of organ; it keeps the meaning that it had (第34条).
"""

from tracker.domain.message import labels

THIRD_PARTY, CO_MAKER, OTHER = "third_party", "co_maker", "other_agency"
UNTOLD = "agency"  # an organ of an older ledger or file, not told apart

PARTIES = labels(
    {
        THIRD_PARTY: "第三方（第32条）",
        CO_MAKER: "共同制作机关（第34条）",
        OTHER: "其他机关（第33条第3款、第17条）",
    }
)
SHORT = labels({party: label.partition("（")[0] for party, label in PARTIES.items()})
LABELS = labels({**PARTIES, UNTOLD: "共同制作机关等其他机关（第34条，原记录未区分）"})

# The words of forms and of files since /1.2, and what a ledger keeps for each.
KEPT = {THIRD_PARTY: THIRD_PARTY, CO_MAKER: CO_MAKER, "agency": OTHER}
CHOICES = {word: PARTIES[kept] for word, kept in KEPT.items()}
_WRITTEN = {kept: word for word, kept in KEPT.items()} | {UNTOLD: CO_MAKER}
# What only /1.2 can say. An older file says ``agency`` and means what it always meant.
TOLD_APART = (CO_MAKER, OTHER)


def same(word: str) -> str:
    """Return the party that a ledger's word stands for: an organ not told apart is read as a co-maker."""
    return CO_MAKER if word == UNTOLD else word


def kept(word: str, *, told_apart: bool) -> str:
    """Return what a ledger keeps for a word of a form or file; an unknown word stays as it is.

    told_apart: the file is of ``/1.2`` or later, so that its ``agency`` is no co-maker.
    """
    return KEPT.get(word, word) if told_apart else word


def written(word: str, *, told_apart: bool = True) -> str:
    """Return the word for a ledger's party in a form, or in a file of that version."""
    if told_apart:
        return _WRITTEN.get(word, word)
    return UNTOLD if same(word) == CO_MAKER else word
