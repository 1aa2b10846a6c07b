"""Questions from quotations: what somebody said, and what they said about something."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rag.evaluation.making.material import Made, Material
from rag.evaluation.making.phrases import describes, topics_of
from rag.text.names import name_tokens
from rag.text.words import terms
from rag.types import Quotation, QuoteKind

_FEW = 2
"""Quotations up to which a speaker is asked for all of them."""
_MOST_GOLD = 3
_SPOKEN = frozenset(
    "say tell argue claim announce warn add explain insist deny promise state write testify criticize criticise "
    "predict call accuse praise ask reply report suggest describe".split()
)
"""Verbs that report speech, and not only what somebody thinks or sees."""
_FULL_NAME = range(2, 6)
_SHORTEST_QUOTE = 5
"""Words."""


def questions_of_speech(material: Material) -> Iterator[Made]:
    """Yield questions, those about something before those about all that somebody said."""
    speakers: dict[str, list[Quotation]] = defaultdict(list)
    for each in material.quotations:
        if each.speaker and _is_named(each.speaker) and _is_certain(each):
            speakers[each.speaker].append(each)
    texts = {document.source: document.text for document in material.documents}
    for speaker, said in speakers.items():
        for quotation in said:
            yield from _about(speaker, quotation, said, texts)
        if len(said) <= _FEW and len({each.source for each in said}) == 1:
            yield Made(f"What did {speaker} say?", "quotation", said[0].source, _quotes(said))


def _is_named(speaker: str) -> bool:
    """Say whether a speaker is called by a full name, which stands for one person or body only."""
    plain = not re.search(r"\d|[A-Z]{2}", speaker)
    plain = plain and not describes(speaker.rsplit(maxsplit=1)[-1])
    return plain and speaker[:1].isupper() and len(name_tokens(speaker)) in _FULL_NAME


def _is_certain(quotation: Quotation) -> bool:
    """Say whether a quotation is surely one, and of whom it seems to be."""
    start = quotation.speaker_start
    here = start is not None and quotation.sentence_start <= start < quotation.sentence_end
    plain = quotation.kind is not QuoteKind.INDIRECT or (here and quotation.verb in _SPOKEN)
    whole = len(quotation.quote.split()) >= _SHORTEST_QUOTE and not quotation.quote.endswith(":")
    return plain and whole and quotation.verb is not None


def _about(speaker: str, quotation: Quotation, said: Sequence[Quotation], texts: dict[str, str]) -> Iterator[Made]:
    """Yield the question after the topic that the fewest other quotations of the speaker have, if there is one."""
    own = set(terms(speaker))
    found = []
    for topic in topics_of(_words_of(quotation)):
        wanted = set(terms(topic))
        if not wanted or wanted & own:
            continue
        about = [each for each in said if wanted <= set(terms(_reported(each, texts)))]
        if len(about) <= _MOST_GOLD and {each.source for each in about} == {quotation.source}:
            found.append((len(about), -len(wanted), topic, about))
    if found:
        _, _, topic, about = min(found, key=lambda each: each[:2])
        yield Made(f"What did {speaker} say about {topic}?", "quotation", quotation.source, _quotes(about))


def _words_of(quotation: Quotation) -> str:
    """Return what was said: of reported speech what stands behind 'that', which is not about the speaker."""
    if quotation.kind is QuoteKind.INDIRECT:
        return quotation.quote.partition(" that ")[2]
    return quotation.quote


def _reported(quotation: Quotation, texts: dict[str, str]) -> str:
    return texts[quotation.source][quotation.sentence_start : quotation.sentence_end]


def _quotes(said: Sequence[Quotation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.quote for each in said))
