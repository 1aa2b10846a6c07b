"""Questions from headings, and from titles of documents that are one section each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from rag.evaluation.making.material import Made, Material
from rag.evaluation.making.phrases import PRONOUNS
from rag.evaluation.making.verbs import DETERMINERS, gerund_base, is_imperative
from rag.text.sentences import sentence_spans
from rag.text.words import FUNCTION_WORDS, terms, words
from rag.types import UNREAD, Block, BlockKind, Document

_NUMBER = re.compile(r"^(?:\d+[.):]?(?:\d+[.)]?)*|[IVX]+[.):]|(?:[Ss]tep|[Cc]hapter|[Ss]ection|[Pp]art)\s+\d+[.:]?)\s+")
_ASKS = re.compile(r"^(?:what|who|when|where|why|how|which|can|do|does|did|is|are|should|will)\b(?=.*\s.*\s)", re.I)
_NO_HEADING = re.compile(r"[:;|/\\<>{}=_@#“”\"]|\.\w|\d{4}|\.\.\.")
_GENERIC = frozenset(
    stem
    for stem in terms(
        "introduction conclusion conclusions references overview summary background contents abstract methods method "
        "results discussion notes note about contact example examples faq appendix acknowledgements acknowledgments "
        "further reading see related links next steps prerequisites requirements usage installation getting started "
        "questions answers comments share menu tags topics news sources author table figure list index more "
        "information details general other additional basic advanced tips resources final thoughts key takeaways "
        "features options parameters response request body support"
    )
)
_WORDS = range(2, 9)
_SHORTEST_BODY = 60
"""Characters of the sentence that stands under a heading."""


def questions_of_headings(material: Material) -> Iterator[Made]:
    """Yield a question for each heading that stands over running text and over no other section elsewhere."""
    found = [(text, document, body) for document in material.documents for text, body in _sections(document)]
    counts = Counter(" ".join(words(text)) for text, _, _ in found)
    for text, document, (start, end) in found:
        question = asked(text, material) if counts[" ".join(words(text))] == 1 else None
        if question is not None:
            yield Made(question, "heading", document.source, (document.text[start:end],))


def asked(heading: str, material: Material) -> str | None:
    """Return a heading as a question, None for one that says too little or is no phrase."""
    plain = " ".join(_NUMBER.sub("", heading).split()).rstrip(".")
    found = plain.split()
    if len(found) not in _WORDS and not plain.endswith("?"):
        return None
    if plain.endswith("?"):
        small = _small(plain, material)
        asks = _ASKS.match(plain) and len(found) > _WORDS.start and not PRONOUNS & set(words(plain)[1:])
        return small[:1].upper() + small[1:] if asks else None
    if _NO_HEADING.search(plain) or not set(terms(plain)) - _GENERIC or found[-1].lower() in FUNCTION_WORDS:
        return None
    first, rest = found[0].lower(), " ".join(found[1:])
    if first == "how" and found[1].lower() == "to" and len(found) > _WORDS.start:
        return f"How do you {' '.join(found[2:])}?"
    base = gerund_base(found[0], material.vocabulary)
    if is_imperative([base or first, *found[1:]], material.vocabulary) or (base and found[1].lower() in DETERMINERS):
        return f"How do you {base or first} {_small(rest, material)}?"
    if first in FUNCTION_WORDS - {"the", "a", "an"} or found[1].lower() in DETERMINERS or _is_headline(found):
        return None
    return f"What is said about {_small(plain, material)}?"


def _is_headline(found: list[str]) -> bool:
    """Say whether a heading tells something rather than naming it, as far as its small words show."""
    verbs = "is are was were has have had will would can could should may must do does did not".split()
    return any(word.lower() in verbs for word in found)


def _small(phrase: str, material: Material) -> str:
    """Return a heading without the capital letters that only a heading has; as it is where some may be a name's."""
    found = phrase.split()
    if phrase.isupper() or not any(word[0].islower() for word in found if word.lower() not in FUNCTION_WORDS):
        small = [word.lower() if material.is_common(word) else word for word in found]
        return phrase if any(word[0].isupper() for word in small) else " ".join(small)
    return " ".join([found[0].lower() if material.is_common(found[0]) else found[0], *found[1:]])


def _sections(document: Document) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield headings, each with the span of the first sentence under it."""
    blocks = [block for block in document.blocks if block.kind not in {BlockKind.META, *UNREAD}]
    headed = False
    for block, following in pairwise(blocks):
        if block.kind is BlockKind.HEADING and following.kind is BlockKind.PARAGRAPH:
            headed = headed or document.text[block.start : block.end] != document.title
            yield from _with_body(document.text[block.start : block.end], document, following)
    paragraphs = [block for block in blocks if block.kind is BlockKind.PARAGRAPH]
    if not headed and document.titled and paragraphs and not document.date:
        body = next((each for each in paragraphs if document.text[each.start : each.end] != document.title), None)
        if body is not None:
            yield from _with_body(document.title, document, body)


def _with_body(heading: str, document: Document, body: Block) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield a heading with the first sentence under it that speaks of what it names."""
    named = set(terms(heading)) - _GENERIC
    for start, end in sentence_spans(document.text, body.start, body.end):
        sentence = document.text[start:end]
        if (
            len(sentence) >= _SHORTEST_BODY
            and sentence[-1] != ":"
            and 2 * len(named & set(terms(sentence))) >= len(named)
        ):
            yield heading.strip("# \n"), (start, end)
            return
