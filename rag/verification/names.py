"""Names of a statement: each must stand in the cited text, whole, and in the sentence that the statement rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.text.names import Mention, find_mentions, name_tokens
from rag.text.words import fold_word, words

_COURTESY = frozenset("mr mrs ms miss mx".split())
_NO_NAMES = frozenset(
    "nobody nothing none neither everyone everybody everything someone somebody something anyone anybody anything few "
    "several nor never cannot".split()
)
_WITHIN = 2
"""Words that may stand between the parts of a name ('Maria de la Cruz Keller')."""


def named_in(text: str) -> list[Mention]:
    """Return the names in `text`, the capitalised word that opens it too."""
    return [
        Mention(mention.start - 3, mention.end - 3, mention.name, mention.lead - 3)
        for mention in find_mentions("of " + text)
        if fold_word(mention.name) not in _NO_NAMES
    ]


def foreign_name(text: str, known: str) -> str | None:
    """Object to a name, or a title in front of one, that the cited text (`known`) lacks."""
    spoken = words(known)
    have = set(spoken) | set(known.split())
    for mention in named_in(text):
        tokens = name_tokens(mention.name)
        if not _stand_together(tokens, spoken) and "".join(tokens) not in have and mention.name not in known:
            return f"the name {mention.name} does not stand in the cited text"
        title = [fold_word(word.strip(".")) for word in text[mention.lead : mention.start].split()]
        foreign = [word for word in title if word not in have and word not in _COURTESY]
        if foreign:
            return f"the cited text does not call {mention.name} {foreign[0].title()}"
    return None


def _stand_together(tokens: Sequence[str], spoken: Sequence[str]) -> bool:
    """Say whether the words of a name stand in one stretch of `spoken`, so that no name is made of two."""
    wanted = set(tokens)
    reach = len(tokens) + _WITHIN
    starts = [place for place, word in enumerate(spoken) if word in wanted]
    return any(wanted <= set(spoken[start : start + reach]) for start in starts) or not wanted


def repeated_name(text: str, sentence: str) -> str | None:
    """Object when a name stands in the statement more than once, and more often than in what it rests on.

    Small models put names in the place of pronouns, often the wrong ones ('between Putin and Putin').
    """
    ours = Counter(mention.tokens[-1] for mention in named_in(text) if mention.tokens)
    theirs = Counter(words(sentence))
    surplus = [name for name, count in ours.items() if count > 1 and count > theirs[name]]
    return f"it names {surplus[0].title()} where the cited text does not" if surplus else None
