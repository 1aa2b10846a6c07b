"""Whether a statement may be shown: its own words in the source, or a paraphrase that the cited text supports.

A paraphrase is supported when nothing speaks against it. What can be counted is checked by rule, each in a module of
its own: quotations, numbers, dates, names, speakers, negations, opposites, quantifiers and hedges, and who does what to
whom. Enough of the content words must come from one sentence of the cited text and the headings over it, the rest not
from its other sentences; and with an embedding model, the meaning must be near enough. A model that reads statement
and source together may be asked on top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.text.names import find_mentions
from rag.text.normalise import normalise, normalise_with_origins
from rag.text.words import stem, terms
from rag.types import CheckedQuotation, Evidence, QuotationFate, Verdict
from rag.verification.company import out_of_company
from rag.verification.dates import foreign_date
from rag.verification.grounds import best_ground, known_text, share
from rag.verification.injected import mark_up
from rag.verification.meaning import THRESHOLD, Embed, probability, signals_of
from rag.verification.names import foreign_name, repeated_name
from rag.verification.negations import turned_negation
from rag.verification.numbers import foreign_number
from rag.verification.opposites import turned_round
from rag.verification.order import changed_places
from rag.verification.quotations import ENDS, tell_quotations
from rag.verification.roles import exchanged_roles
from rag.verification.speakers import outside_quotations, turned_report, wrong_speaker
from rag.verification.standing import misplaced_name
from rag.verification.strength import overstated
from rag.verification.tokens import spelled_out

SHARE_THRESHOLD = 0.7
"""Share of a paraphrase's content stems that one sentence of the cited text must hold, speaker and heading included."""
_OUTER = "\"'“”‘’«» "
_FEWEST_WORDS = 2
"""A single word is nobody's quotation, unless it is all that the piece says."""
_FEWEST_TERMS = 2


@dataclass(frozen=True, slots=True)
class Check:
    """What the check of one statement found.

    For `VERBATIM`, `evidence` (an index into the cited pieces) and `start:end` (offsets into that piece's text) say
    where the words stand. For `UNSUPPORTED`, `reason` says what is wrong, for people.
    """

    verdict: Verdict
    reason: str | None = None
    evidence: int = 0
    start: int = 0
    end: int = 0
    quotations: tuple[CheckedQuotation, ...] = ()
    """What became of each quotation in it; empty where the whole is the source's own words."""


class Checker(Protocol):
    """A model that reads a statement beside what it cites. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """Return what it is called in settings."""
        ...

    def load(self) -> None:
        """Make ready what `supports` needs, where it is not. Raises CheckerError when it cannot be."""
        ...

    def supports(self, statement: str, cited: Sequence[str]) -> float:
        """Return how probable it is, between 0 and 1, that the cited texts support a statement."""
        ...


CHECKER_THRESHOLD = 0.5


class Verifier:
    """The checks of a statement, with the models that they may ask."""

    def __init__(self, embed: Embed | None = None, checker: Checker | None = None) -> None:
        """Take the embedding model that weighs meanings and a checker, each None for going without."""
        self._embed = embed
        self._checker = checker

    def find(self, text: str, cited: Sequence[Evidence]) -> Check | None:
        """Return where the whole of `text` stands in the evidence, None where it is not the sources' own words."""
        return _verbatim(text, cited)

    def check(self, text: str, cited: Sequence[Evidence], sources: Mapping[str, str] | None = None) -> Check:
        """Check a statement, citations taken out, against the evidence that it cites.

        `sources` holds texts by name in which a quotation that the evidence lacks is looked for, to tell where it is
        from. Raises CheckerError when the checker cannot be used.
        """
        if not cited:
            told = tell_quotations(text, (), sources)
            return Check(Verdict.UNSUPPORTED, "it cites nothing that was given", quotations=told)
        verbatim = _verbatim(text, cited)
        if verbatim:
            return verbatim
        quotations = tell_quotations(text, cited, sources)
        reason = next(self._objections(text, cited, quotations), None)
        return Check(Verdict.UNSUPPORTED if reason else Verdict.SUPPORTED, reason, quotations=quotations)

    def _objections(
        self, text: str, cited: Sequence[Evidence], quotations: Sequence[CheckedQuotation]
    ) -> Iterator[str]:
        """Yield what speaks against a paraphrase, the cheap checks first."""
        if len(set(terms(text))) < _FEWEST_TERMS:
            yield "it says too little to be checked"
            return
        yield from (objection for _, objection in objections(text, cited, quotations))
        ground = best_ground(text, cited)
        if self._embed and probability(signals_of(text, ground, self._embed)) < THRESHOLD:
            yield "its meaning is not near enough to that of the cited text"
        if self._checker and self._checker.supports(text, [known_text([piece]) for piece in cited]) < CHECKER_THRESHOLD:
            yield f"the checker {self._checker.name} does not find it supported"


def check_statement(text: str, cited: Sequence[Evidence]) -> Check:
    """Check a statement by the rules alone, without any model; see `Verifier.check`."""
    return Verifier().check(text, cited)


def objections(
    text: str, cited: Sequence[Evidence], quotations: Sequence[CheckedQuotation]
) -> Iterator[tuple[str, str]]:
    """Yield what the rules have against a paraphrase: the name of the rule, and the reason for people."""
    ground, known = best_ground(text, cited), known_text(cited)
    body = "\n".join(piece.text for piece in cited)
    plain, sentence = spelled_out(text), spelled_out(ground.sentence)
    bare = spelled_out(outside_quotations(text))
    rules: dict[str, Callable[[], str | None]] = {
        "mark-up": lambda: mark_up(text),
        "quotation": lambda: _open_quotation(text) or _bad_quotation(quotations),
        "number": lambda: foreign_number(text, ground.wide, known),
        "date": lambda: foreign_date(text, ground.wide, known),
        "name": lambda: foreign_name(bare, known) or repeated_name(bare, ground.text),
        "speaker": lambda: wrong_speaker(text, ground),
        "share": lambda: _too_far(plain, spelled_out(ground.text)),
        "negation": lambda: turned_negation(plain, sentence),
        "joined": lambda: _joined(text, ground.wide, body),
        "place of a name": lambda: misplaced_name(bare, ground),
        "company": lambda: out_of_company(bare, sentence),
        "opposite": lambda: turned_round(plain, sentence),
        "strength": lambda: overstated(plain, sentence),
        "report": lambda: turned_report(text, ground),
        "roles": lambda: exchanged_roles(bare, sentence) or changed_places(bare, sentence),
    }
    for name, rule in rules.items():
        objection = rule()
        if objection:
            yield name, objection


def _verbatim(text: str, cited: Sequence[Evidence]) -> Check | None:
    wanted = normalise(text)
    for candidate in (wanted, wanted.strip(_OUTER), wanted.strip(_OUTER).strip(ENDS)):
        for number, piece in enumerate(cited):
            source = normalise_with_origins(piece.text)
            if len(candidate.split()) < _FEWEST_WORDS and candidate != source.text:
                continue
            span = source.find(candidate, whole_words=True)
            if span:
                return Check(Verdict.VERBATIM, None, number, *span)
    return None


def _open_quotation(text: str) -> str | None:
    return "a quotation in it is not closed" if normalise(text).count('"') % 2 else None


def _bad_quotation(quotations: Sequence[CheckedQuotation]) -> str | None:
    bad = next((each for each in quotations if each.fate is not QuotationFate.FOUND), None)
    return _told(bad) if bad else None


def _told(quotation: CheckedQuotation) -> str:
    """Return what became of a quotation, for people."""
    words = f"“{quotation.text}”"
    match quotation.fate:
        case QuotationFate.OTHER_SPEAKER:
            return f"the cited text gives {words} to {quotation.speaker or 'somebody else'}"
        case QuotationFate.OTHER_SOURCE:
            return f"{words} does not stand in the cited text, but in {quotation.source}"
        case QuotationFate.ALTERED:
            return f"{words} does not stand in the cited text; it is altered from “{quotation.nearest}”"
        case QuotationFate.STITCHED:
            return f"{words} does not stand in the cited text; it is stitched together from different places"
        case _:
            return f"{words} does not stand in the cited text; nothing like it stands in the sources"


def _too_far(text: str, source: str) -> str | None:
    """Object when too few of the content words stand in the sentence that holds most of them."""
    held = share(text, source)
    return "too little of it stands in one sentence of the cited text" if held < SHARE_THRESHOLD else None


def _joined(text: str, best: str, body: str) -> str | None:
    """Object when words that are missing in the sentence it rests on come from another one (names apart)."""
    names = {stem(token) for mention in find_mentions(text) for token in mention.tokens}
    foreign = (set(terms(text)) - set(terms(best)) - names) & set(terms(body))
    return "it joins what different sentences of the cited text say" if foreign else None
