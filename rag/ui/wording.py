"""Words and figures as the page writes them: dates, scores, states, and other people's text made harmless."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from rag.text.dates import date_in_words
from rag.types import Answer, Citation, Document, DocumentFacts, Scores, Status, Verdict
from rag.ui.conversations import TurnState

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_REORDERING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that change the direction of what follows, and could make a line read as something else."""
_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")

STATES = {
    TurnState.WAITING: "Waiting for the answer before this one",
    TurnState.ADDING: "Adding the documents first",
    TurnState.SEARCHING: "Searching the sources, and readying the model",
    TurnState.WRITING: "Writing and checking the answer",
    TurnState.STOPPED: "Stopped before it was whole",
    TurnState.FAILED: "No answer",
}
STATUSES = {
    Status.ANSWERED: "Answered from the sources",
    Status.PARTIAL: "Answered in part",
    Status.REFUSED: "Not in the sources",
}
VERDICTS = {
    Verdict.VERBATIM: "Word for word",
    Verdict.SUPPORTED: "Paraphrase, checked against these words",
    Verdict.UNSUPPORTED: "Not supported",
}
SAYS_THE_SAME = "Says the same in its own words"
"""Of what is cited beside the source that a statement quotes."""
LANGUAGE = "en"
"""The language that the page itself is written in."""
SLIDES = frozenset({".pptx", ".pptm", ".ppsx", ".potx", ".ppt", ".pps", ".odp"})


def displayable(text: str) -> str:
    """Return `text` with control characters and lone surrogates, which no browser can show, replaced by U+FFFD.

    What changes the direction of writing is left out.
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.translate(_REORDERING))


def plain(text: str) -> str:
    """Return `text` for a place where Streamlit reads Markdown, so that it is shown letter for letter, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(displayable(text).split()))


def shortened(text: str, length: int) -> str:
    """Return `text` on one line, cut at a word to at most `length` characters with an ellipsis."""
    line = " ".join(displayable(text).split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > length // 2 else cut).rstrip(" ,;:") + "…"


def moment_in_words(value: str, today: date | None = None) -> str:
    """Return an ISO 8601 moment as the clock of this machine shows it: `31 May 2025, 14:05`, or `today, 14:05`."""
    try:
        moment = datetime.fromisoformat(value).astimezone()
    except ValueError:
        return value
    day = "today" if moment.date() == (today or datetime.now().astimezone().date()) else date_in_words(f"{moment:%F}")
    return f"{day}, {moment:%H:%M}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 passage`, `2 passages`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def page_word(source: str) -> str:
    """Return what a page of that document is called."""
    return "Slide" if PurePosixPath(source).suffix.lower() in SLIDES else "Page"


def web_address(address: str | None) -> str:
    """Return an address that a link may lead to: of a page on the web; empty for anything else."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return ""
    return displayable(address or "") if parts.scheme in {"http", "https"} and parts.hostname else ""


def language_shown(language: str | None) -> str:
    """Return the code of a language that is worth telling, empty for the page's own."""
    code = (language or "").lower()
    return code if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", code) and code.partition("-")[0] != LANGUAGE else ""


def byline(document: Document | DocumentFacts) -> str:
    """Return who published and wrote a document and when, as far as it says so."""
    return " · ".join(filter(None, (document.outlet, document.author, date_in_words(document.date))))


def score_labels(scores: Scores) -> list[list[str]]:
    """Return each stage of retrieval with the score it gave, a dash where it gave none."""
    stages = (("dense", scores.dense), ("lexical", scores.lexical), ("fused", scores.fused), ("rerank", scores.rerank))
    return [[name, "–" if score is None else f"{score:.3g}"] for name, score in stages]


def page_label(citation: Citation) -> str:
    """Return where in a source with pages a citation stands: `page 12`, `slide 3`; empty without pages."""
    return f"{page_word(citation.source).lower()} {citation.page}" if citation.page is not None else ""


def citation_line(citation: Citation) -> str:
    """Return one citation as a line of text that stands for itself outside the page."""
    where = ", ".join(filter(None, (citation.author, citation.title, citation.outlet, date_in_words(citation.date))))
    page = f", {page_label(citation)}" if citation.page is not None else ""
    quote = " ".join(citation.quote.split())
    quoted = quote if set(quote) & set('“”"') else f"“{quote}”"
    address = web_address(citation.url)
    found = f"{citation.source}, characters {citation.start}–{citation.end}"
    return f"[{citation.id}] {quoted} — {where}{page} ({found})" + (f" {address}" if address else "")


def answer_with_sources(answer: Answer) -> str:
    """Return the question, the answer and its citations as text to paste elsewhere."""
    parts = [answer.question.strip(), answer.text.strip()]
    if answer.citations:
        parts.append("Sources\n" + "\n".join(map(citation_line, answer.citations)))
    return displayable("\n\n".join(parts)) + "\n"
