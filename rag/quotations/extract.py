"""Reading the quotations and reported statements out of a document.

Method: within each paragraph, sentences that share quotation marks are one unit; the words between marks are masked,
the reporting verbs outside them are found, and each quotation is given to the verb after it (`“…,” X said`), else to
the nearest one before it (`X, calling it “…”`), else to the speaker whose quotation the paragraph continues.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from rag.quotations.speakers import MASK, Speaker, SpeakerFinder
from rag.quotations.speech import (
    ACCORDING_TO,
    JUDGING,
    OPINION,
    REPORTING,
    SPEECH_VERBS,
    THINGS_DO,
    VERB_PATTERN,
    is_finite,
    is_negated,
    takes_bare_clause,
)
from rag.quotations.turns import spoken_turns
from rag.text.names import NameTable
from rag.text.sentences import CLOSING_MARKS, quotation_spans, quotation_units
from rag.types import Block, BlockKind, Document, Quotation, QuoteKind

_STORY = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
_SUBORDINATE = re.compile(r"\b(?:that|who|whom|which|when|while|as if|because)\b", re.I)
_COMPLEMENT = re.compile(r"[^.;:]{0,60}?\b(?:that|how|whether|why|what|if)\b", re.I)
_LONG_ENOUGH = 4
_ASIDE = re.compile(r"[(\[][^()\[\]]*[)\]]")
_PRONOUNS = frozenset("i we you he she it they".split())


@dataclass(frozen=True, slots=True)
class _Report:
    """A reporting verb outside quotation marks, and its subject."""

    start: int
    end: int
    verb: str
    speaker: Speaker | None
    inverted: bool = False


def extract_quotations(document: Document) -> list[Quotation]:
    """Return every quotation and reported statement of `document`, in order.

    Shape: see `Quotation`. Headings, code, furniture and facts about the document are passed over.
    """
    return list(_Reader(document).read())


class _Reader:
    """One pass over one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        story = _only_story(document)
        spans = [span for b in document.blocks if b.kind in _STORY for span in quotation_spans(story, b.start, b.end)]
        self._quotes = [span for span in spans if any(map(str.isalnum, story[slice(*span)]))]
        self._masked = _mask(story, self._quotes)
        names = NameTable.of(story)
        self._finder = SpeakerFinder(self._masked, names)
        self._turns = {turn.start: (turn, speaker) for turn, speaker in spoken_turns(document, names)}
        self._lead: Speaker | None = None
        self._open: tuple[str, Speaker] | None = None

    def read(self) -> Iterator[Quotation]:
        for block in self._document.blocks:
            if block.kind not in _STORY:
                self._lead = None
            else:
                yield from self._read_block(block)

    def _read_block(self, block: Block) -> Iterator[Quotation]:
        if block.kind is BlockKind.LIST_ITEM and self._lead:
            yield self._quotation(
                block.start, block.end, (block.start, block.end), self._lead, None, QuoteKind.INDIRECT
            )
            return
        if block.kind is not BlockKind.LIST_ITEM:
            self._lead = None
        yield from self._read_turn(block)
        previous = self._still_open(block)
        for start, end in quotation_units(self._document.text, block.start, block.end):
            found = list(self._read_unit(start, end, previous, block.kind is BlockKind.LIST_ITEM))
            if block.start in self._turns and not self._turns[block.start][0].asks:
                found = [quotation for quotation in found if not self._by_pronoun(quotation)]
            yield from found
            direct = [q for q in found if q.kind is QuoteKind.DIRECT]
            previous = _speaker_of(direct[-1]) if direct else None
            if block.kind is BlockKind.PARAGRAPH:
                self._finder.note(start, end, _named_speaker(found))
        self._leave_open(block, previous)

    def _read_turn(self, block: Block) -> Iterator[Quotation]:
        """Read the words of one party to an interview: every sentence of the turn."""
        turn, speaker = self._turns.get(block.start, (None, None))
        if turn is None or turn.asks:
            return
        for start, end in quotation_units(self._document.text, block.start, block.end):
            first = max(start, turn.speech_start)
            if not _ASIDE.fullmatch(self._document.text, first, end):
                yield self._quotation(first, end, (start, end), speaker, None, QuoteKind.DIRECT)

    def _by_pronoun(self, quotation: Quotation) -> bool:
        """Say whether a quotation within somebody's speech is given to a pronoun, or to nobody."""
        at, end = quotation.speaker_start, quotation.speaker_end
        return at is None or end is None or self._document.text[at:end].lower() in _PRONOUNS

    def _still_open(self, block: Block) -> Speaker | None:
        """Return whose quotation the block goes on with, where the block before left it open."""
        mark = self._document.text[block.start : block.start + 1]
        return self._open[1] if self._open and self._open[0] == mark else None

    def _leave_open(self, block: Block, speaker: Speaker | None) -> None:
        last = self._quotes_in(block.start, block.end)[-1:]
        open_mark = next((self._document.text[start] for start, end in last if self._is_open(start, end)), None)
        self._open = (open_mark, speaker) if open_mark and speaker else None

    def _is_open(self, start: int, end: int) -> bool:
        """Say whether a quotation has no closing mark, because it goes on in the next paragraph."""
        return self._document.text[end - 1] not in CLOSING_MARKS[self._document.text[start]]

    def _quotes_in(self, start: int, end: int) -> list[tuple[int, int]]:
        first, behind = bisect_left(self._quotes, (start, 0)), bisect_left(self._quotes, (end, 0))
        return [span for span in self._quotes[first:behind] if span[1] <= end]

    def _read_unit(self, start: int, end: int, previous: Speaker | None, in_list: bool) -> Iterator[Quotation]:
        quotes = self._quotes_in(start, end)
        reports = list(self._reports(start, end))
        attributed: set[int] = set()
        told: set[str | None] = set()
        for quote_start, quote_end in quotes:
            report, kind = self._attribute(quote_start, quote_end, start, reports)
            outside = re.sub(rf"[\W{MASK}]", "", self._masked[start:end])
            if report is None and not outside and previous:
                yield self._direct(quote_start, quote_end, (start, end), previous, None)
            elif report and kind is QuoteKind.DIRECT:
                attributed.add(report.start)
                yield self._direct(quote_start, quote_end, (start, end), report.speaker, report.verb)
            elif report and report.start not in attributed:
                attributed.add(report.start)
                told.add(report.speaker.name if report.speaker else None)
                yield self._quotation(start, end, (start, end), report.speaker, report.verb, QuoteKind.MIXED)
            elif report is None and len(self._document.text[quote_start:quote_end].split()) >= _LONG_ENOUGH:
                yield self._direct(quote_start, quote_end, (start, end), None, None)
        rest = [r for r in reports if r.start not in attributed]
        if in_list:
            rest = [report for report in rest if report.speaker and report.speaker.name]
        yield from self._indirect(start, end, rest, told - {None})

    def _indirect(self, start: int, end: int, reports: list[_Report], told: set[str | None]) -> Iterator[Quotation]:
        seen: set[tuple[str | None, int]] = {(name, 0) for name in told}
        for report in reports:
            if report.speaker is None or not self._takes_content(report, end):
                continue
            key = (report.speaker.name, 0 if report.speaker.name else report.speaker.start)
            if key not in seen:
                seen.add(key)
                yield self._quotation(start, end, (start, end), report.speaker, report.verb, QuoteKind.INDIRECT)
        told_by = [r for r in reports if r.verb == "according to" or r.verb in REPORTING]
        if told_by and self._masked[start:end].rstrip().endswith(":"):
            self._lead = told_by[-1].speaker

    def _takes_content(self, report: _Report, end: int) -> bool:
        """Say whether a verb reports by itself, or has a complement or stands behind what it reports.

        What has a number in its name (a product, a paragraph) says nothing with a verb that things can be subject of.
        """
        if report.verb in THINGS_DO and report.speaker and any(map(str.isdigit, report.speaker.name or "")):
            return False
        if report.verb in JUDGING.values() or report.verb in OPINION.values() or report.verb == "according to":
            return True
        rest = self._masked[report.end : end]
        subject_start = report.speaker.start if report.speaker else report.start
        clause = self._masked[max(0, subject_start - 40) : subject_start]
        if re.search(r"\b[Aa]s\s+(?:[A-Z][\w.]*\s+)*$", clause) and rest.lstrip().startswith((",", "it,", "it:")):
            return True
        behind = clause.rstrip().endswith(",") and re.fullmatch(r"(?:\s+[\w’'.-]+){0,8}\s*[.!?)\"”]*", rest)
        return bool(_COMPLEMENT.match(rest) or behind) or takes_bare_clause(
            self._masked[: min(end, report.end + 200)], report.verb, report.end
        )

    def _reports(self, start: int, end: int) -> Iterator[_Report]:
        for match in ACCORDING_TO.finditer(self._masked, start, end):
            speaker = self._finder.following(match.end(), end)
            if speaker:
                yield _Report(match.start(), match.end(), "according to", speaker)
        for match in VERB_PATTERN.finditer(self._masked, start, end):
            if is_negated(self._masked, match.start()) or not is_finite(self._masked, *match.span(1)):
                continue
            yield self._report(match, start, end)

    def _report(self, match: re.Match[str], start: int, end: int) -> _Report:
        form = match.group(1).lower()
        clause_start = max([start, *(e for _, e in self._quotes if start < e <= match.start())])
        semicolon = self._masked.rfind(";", clause_start, match.start())
        clause_start = max(clause_start, semicolon + 1)
        before = self._masked[clause_start : match.start()]
        if clause_start > start and not before.strip(" ,"):
            speaker = self._finder.following(match.end(), end)
            if speaker:
                return _Report(match.start(), match.end(), SPEECH_VERBS[form], speaker, inverted=True)
        of_sentence = form.endswith("ing") or before.endswith(" to ")
        speaker = self._finder.subject(clause_start, match.start(), start, of_sentence)
        return _Report(match.start(), match.end(), SPEECH_VERBS[form], speaker)

    def _attribute(
        self, quote_start: int, quote_end: int, unit_start: int, reports: list[_Report]
    ) -> tuple[_Report | None, QuoteKind]:
        """Return the verb that reports the quotation, and whether it is reported in direct speech."""
        introduced = self._masked[unit_start:quote_start].rstrip().endswith((":", ","))
        colon = self._masked[unit_start:quote_start].rstrip().endswith(":")
        if colon:
            clause_start = self._masked.rfind(",", unit_start, quote_start) + 1
            subject = clause_start and self._finder.main_subject(clause_start, quote_start)
            subject = subject or self._finder.main_subject(unit_start, quote_start)
            if subject and subject.name:
                by = [r for r in reports if r.end <= quote_start and not self._masked[r.end : quote_start].strip(": ")]
                at, verb = (by[-1].start, by[-1].verb) if by else (quote_start, "say")
                return _Report(at, quote_start, verb, subject), QuoteKind.DIRECT
        closed = self._document.text[quote_start:quote_end].rstrip("\"'”’»").endswith((",", "!", "?", ".", "…"))
        for report in reports:
            between = self._masked[quote_end : report.start]
            if report.start >= quote_end and closed and not _SUBORDINATE.search(between) and MASK not in between:
                if between.strip(" ,") or report.inverted:
                    return report, QuoteKind.DIRECT
                break
        before = [report for report in reports if report.end <= quote_start and report.speaker]
        if before:
            return before[-1], QuoteKind.DIRECT if introduced else QuoteKind.MIXED
        return None, QuoteKind.DIRECT

    def _direct(
        self, start: int, end: int, sentence: tuple[int, int], speaker: Speaker | None, verb: str | None
    ) -> Quotation:
        inner = self._document.text[start + 1 : end if self._is_open(start, end) else end - 1]
        first = start + 1 + len(inner) - len(inner.lstrip())
        return self._quotation(first, first + len(inner.strip()), sentence, speaker, verb, QuoteKind.DIRECT)

    def _quotation(  # noqa: PLR0917
        self,
        start: int,
        end: int,
        sentence: tuple[int, int],
        speaker: Speaker | None,
        verb: str | None,
        kind: QuoteKind,
    ) -> Quotation:
        return Quotation(
            source=self._document.source,
            start=start,
            end=end,
            quote=self._document.text[start:end],
            speaker=speaker.name if speaker else None,
            speaker_start=speaker.start if speaker else None,
            speaker_end=speaker.end if speaker else None,
            kind=kind,
            verb=verb,
            date=self._document.date,
            sentence_start=sentence[0],
            sentence_end=sentence[1],
        )


def _speaker_of(quotation: Quotation) -> Speaker | None:
    if quotation.speaker_start is None or quotation.speaker_end is None:
        return None
    return Speaker(quotation.speaker_start, quotation.speaker_end, quotation.speaker)


def _named_speaker(found: list[Quotation]) -> Speaker | None:
    """Return the speaker of the last of the quotations that has a name."""
    named = [_speaker_of(quotation) for quotation in found if quotation.speaker]
    return named[-1] if named else None


def _only_story(document: Document) -> str:
    """Return the text with everything but paragraphs and list items blanked, lengths and line ends kept."""
    kept = [re.sub(r"[^\n]", " ", document.text)] if not document.blocks else []
    at = 0
    for block in document.blocks:
        if block.kind in _STORY:
            kept.append(re.sub(r"[^\n]", " ", document.text[at : block.start]))
            kept.append(document.text[block.start : block.end])
            at = block.end
    kept.append(re.sub(r"[^\n]", " ", document.text[at:]))
    return "".join(kept) if document.blocks else kept[0]


def _mask(text: str, quotes: list[tuple[int, int]]) -> str:
    """Return `text` with the words between quotation marks replaced by NULs, lengths kept."""
    parts, at = [], 0
    for start, end in quotes:
        parts += [text[at:start], MASK * (end - start)]
        at = end
    return "".join([*parts, text[at:]])
