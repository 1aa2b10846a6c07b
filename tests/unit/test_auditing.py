"""Saved answers are checked again against the files: each kind of fault is found, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.auditing import audit_answer, audit_answers
from rag.errors import UsageError
from rag.sources import Reading, SourceFile, SourceReader
from rag.types import Fault

TEXT = "The night enzyme\n\n“The enzyme fails — at night,” Maria Keller said. It costs nine euros.\n"
QUOTED = "“The enzyme fails — at night,” Maria Keller said."
ASK_AGAIN = "Ask the question again: rag ask"

Answer = dict[str, Any]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit") / "sources"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "deep" / "b.md").write_text("Nothing but a dull line.", encoding="utf-8")
    (folder.parent / "secret.txt").write_text(TEXT, encoding="utf-8")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return folder


def citation(**changes: Any) -> Answer:
    start = TEXT.index(QUOTED)
    return {"id": 1, "source": "a.txt", "start": start, "end": start + len(QUOTED), "quote": QUOTED} | changes


def statement(text: str = QUOTED, **changes: Any) -> Answer:
    return {"text": text, "start": 0, "end": len(text), "verdict": "verbatim", "citations": [1]} | changes


def answer(*statements: Answer, **changes: Any) -> Answer:
    stated = list(statements or [statement()])
    return {
        "id": "q7",
        "question": "What did Keller say?",
        "status": "answered",
        "text": f"{stated[0]['text']} [1]",
        "statements": stated,
        "citations": [citation()],
    } | changes


def faults(saved: Answer, sources: Path) -> list[tuple[str, str]]:
    found = audit_answer(saved, sources)
    assert {fault.remedy for fault in found} <= {ASK_AGAIN}
    return [(fault.subject.removeprefix("q7: "), fault.problem) for fault in found]


@pytest.mark.parametrize(
    "saved",
    [
        answer(),
        answer(statement("The enzyme fails - at night")),
        answer(statement('Keller said: "The enzyme fails - at night."', verdict="supported")),
        answer(status="partial"),
        answer(statements=[], citations=[], status="refused", text="The sources do not answer this."),
    ],
)
def test_what_holds_has_no_fault(saved: Answer, sources: Path) -> None:
    assert audit_answer(saved, sources) == ()


def at(place: int, **changes: Any) -> Answer:
    return answer(citations=[citation(start=place, end=place + len(QUOTED), **changes)])


START = TEXT.index(QUOTED)
HERE = f"(now at {START} to {START + len(QUOTED)})"
ENGINE = f"its words changed in a.txt: “engine” became “enzyme” {HERE}"
DASH = f"its words changed in a.txt: it reads the same but for quotation marks, dashes or white space {HERE}"
ELSEWHERE = f"The same words stand in a.txt at {START} to {START + len(QUOTED)}."
NOT_THERE = "its words do not stand in a.txt any more"


@pytest.mark.parametrize(
    ("saved", "subject", "problem"),
    [
        (
            at(0),
            "citation 1",
            f"its words moved in a.txt: now at {START} to {START + len(QUOTED)}, not 0 to {len(QUOTED)}",
        ),
        (answer(citations=[citation(quote=QUOTED.replace("enzyme", "engine"))]), "citation 1", ENGINE),
        (answer(citations=[citation(quote=QUOTED.replace("—", "-"))]), "citation 1", DASH),
        (answer(citations=[citation(quote="", start=5, end=5)]), "citation 1", NOT_THERE),
        (
            answer(citations=[citation(source="gone.txt")]),
            "citation 1",
            f"gone.txt is not in the sources folder any more. {ELSEWHERE}",
        ),
        (
            answer(citations=[citation(source="deep")]),
            "citation 1",
            f"deep is not in the sources folder any more. {ELSEWHERE}",
        ),
    ],
)
def test_citations_that_do_not_hold_are_named(saved: Answer, subject: str, problem: str, sources: Path) -> None:
    assert (subject, problem) in faults(saved, sources)


def test_negative_offsets_do_not_count_from_the_end(sources: Path) -> None:
    saved = answer(citations=[citation(start=START - len(TEXT), end=START + len(QUOTED) - len(TEXT))])

    assert faults(saved, sources)[0][1].startswith("its words moved in a.txt: now at 18 to ")


@pytest.mark.parametrize("source", ["../secret.txt", "deep/../../secret.txt", "link.txt", "/etc/hostname"])
def test_no_path_leads_out_of_the_folder(source: str, sources: Path) -> None:
    [(subject, problem)] = faults(answer(citations=[citation(source=source)]), sources)

    assert (subject, problem) == ("citation 1", f"{source} lies outside the sources folder.")


SUBJECT = f"statement “{QUOTED}”"


@pytest.mark.parametrize(
    ("saved", "subject", "problem"),
    [
        (
            answer(text=f" {QUOTED} [1]"),
            SUBJECT,
            "it does not stand in the answer's text at its offsets",
        ),
        (
            answer(statement(start=-len(QUOTED) - 4, end=-4)),
            SUBJECT,
            "it does not stand in the answer's text at its offsets",
        ),
        (answer(statement(citations=[])), SUBJECT, "it has no citation, or one that does not exist"),
        (answer(statement(citations=[1, 2])), SUBJECT, "it has no citation, or one that does not exist"),
        (answer(statement(verdict="unsupported")), SUBJECT, "it is shown, although the check refused it"),
        (
            answer(statement("The enzyme fails")),
            "statement “The enzyme fails”",
            "",
        ),
        (
            answer(statement("The engine fails")),
            "statement “The engine fails”",
            "it is called verbatim, but its citation reads otherwise",
        ),
        (
            answer(statement("he enzyme fails")),
            "statement “he enzyme fails”",
            "it is called verbatim, but its citation reads otherwise",
        ),
        (
            answer(statement("She said “the enzyme” fails.", verdict="supported")),
            "statement “She said “the enzyme” fails.”",
            "“the enzyme” stands between quotation marks, but not in what is cited",
        ),
        (
            answer(statement("She said “The enzyme f”.", verdict="supported")),
            "statement “She said “The enzyme f”.”",
            "“The enzyme f” stands between quotation marks, but not in what is cited",
        ),
        (
            answer(statement("It “costs nine euros”.", verdict="supported")),
            "statement “It “costs nine euros”.”",
            "“costs nine euros” stands between quotation marks, but not in what is cited",
        ),
        (answer(status="refused"), "the answer", "it is a refusal, yet it states something"),
        (
            answer(status="refused", statements=[]),
            "the answer",
            "it is a refusal, yet it states something",
        ),
        (
            answer(statements=[], citations=[], text="Mice sleep."),
            "the answer",
            "it is no refusal, yet nothing in it is a checked statement",
        ),
        (
            answer(citations=[citation(), citation(source="a.txt")]),
            "the citations",
            "two of them have the same number",
        ),
    ],
)
def test_statements_and_answers_that_do_not_hold_are_named(
    saved: Answer, subject: str, problem: str, sources: Path
) -> None:
    assert faults(saved, sources) == ([(subject, problem)] if problem else [])


def test_a_hidden_second_citation_of_the_same_number_is_checked_too(sources: Path) -> None:
    saved = answer(citations=[citation(quote="Mice sleep."), citation()])

    assert ("citation 1", NOT_THERE) in faults(saved, sources)


def test_faults_name_the_question_where_the_answer_has_no_id_and_shorten_long_statements(sources: Path) -> None:
    text = "Mice sleep all day in their cages, and nobody has ever seen one of them awake before noon."
    saved = answer(statement(text)) | {"id": None}

    assert audit_answer(saved, sources) == (
        Fault(
            "What did Keller say?: statement “Mice sleep all day in their cages, and nobody has ever seen…”",
            "it is called verbatim, but its citation reads otherwise",
            ASK_AGAIN,
        ),
    )


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"question": "Why?"},
        answer(citations=None),
        answer(citations=["x"]),
        answer(citations=[citation(start="1")]),
        answer(statements=[{"text": "x"}]),
        answer(status="perhaps"),
        answer(statement(verdict="true")),
        answer(citations=[citation(source="a\0b")]),
        answer(text=None),
    ],
)
def test_what_is_no_answer_object_is_refused(broken: Answer, sources: Path) -> None:
    with pytest.raises(UsageError, match=r"^This is not an answer object as `rag ask --json` prints it"):
        audit_answer(broken, sources)


@given(st.integers(-5, len(TEXT) + 5), st.integers(-5, len(TEXT) + 5))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_citation_holds_exactly_within_the_text_where_it_is_its_quote(sources: Path, start: int, end: int) -> None:
    saved = answer(citations=[citation(start=start, end=end, quote=TEXT[max(0, start) : max(0, end)])])
    faulty = "citation 1" in {subject for subject, _ in faults(saved, sources)}

    assert faulty is not (0 <= start < end <= len(TEXT))


def test_citations_of_other_formats_and_of_parts_are_checked_and_files_are_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "C# mail.eml").write_text(
        "From: Maria Keller <maria@example.org>\nSubject: The enzyme\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nSee below.\n'
        '--x\nContent-Type: text/plain; name="note.txt"\nContent-Disposition: attachment; filename="note.txt"\n\n'
        f"{QUOTED.encode('ascii', 'ignore').decode()}\n--x--\n",
        encoding="utf-8",
    )
    quote = "The enzyme fails"
    saved = answer(
        statement(f"She said “{quote}” there.", verdict="supported"),
        citations=[citation(source="C# mail.eml#note.txt", start=0, end=len(quote), quote=quote)],
    )
    reads: list[str] = []
    original = SourceReader.read

    def counted(reader: SourceReader, file: SourceFile) -> Reading:
        reads.append(file.source)
        return original(reader, file)

    monkeypatch.setattr(SourceReader, "read", counted)

    assert list(audit_answers([saved, saved], tmp_path)) == [(), ()]
    assert reads == ["C# mail.eml"]


def test_a_source_that_cannot_be_read_any_more_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"%PDF-1.7 no more")
    found = faults(answer(), tmp_path)

    assert found[0][1].startswith("a.txt cannot be read any more: ")
