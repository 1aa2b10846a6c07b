"""Near-identical documents: what is a copy, what only looks like one, and which of a group is the original."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.copies import find_copies, signature, stands_in
from rag.text.normalise import normalise

ARTICLE = """The harbour of Vik gets a second ferry

By Jon Aalto
March 5, 2024

The council of Vik voted on Monday to buy a second ferry for 40 million crowns, ending a dispute of three years.
The vessel, built in 2019 by a yard in Turku, carries 120 cars and replaces a bridge that burned down in 1998.

“The island cannot live from one ship alone,” said the mayor, Olga Brandt, after a debate of four hours. She added \
that the levy on tickets would rise by 2 crowns in July, and that nobody who lives on the island would have to pay it.

Tom Reyes, who fishes off the northern shore, told the council that the new pier would take the last calm water from \
the smaller boats. He asked for a wall of stone, which the harbour office had promised to the fishermen in 2021.

The harbour office declined to comment on the promise. A spokeswoman said that the works would begin in April and \
take eleven weeks, in which the old ferry would leave from the quay behind the fish market.

Two members of the council abstained. One of them, Anna Li, said that the price had doubled since the first offer, \
and that no other yard had been asked. Her motion to ask for a second offer failed by six votes to five.
"""
OTHER = """Council of Vik buys second ferry after long dispute

The island of Vik will have two ferries from the summer. By six votes to five its council agreed late on Monday to \
pay 40 million crowns for a ship that was built in Turku five years ago and can take 120 cars across the sound.

Mayor Olga Brandt spoke of a good day. “The island cannot live from one ship alone,” she said. The opposition around \
Anna Li complained that no other yard had been asked for an offer and that the price was twice that of the first.

Fishermen fear for their berths. Their speaker Tom Reyes wants the stone wall that he says he was promised. Building \
is to start in April; until it is done the ferry that there is will use the quay behind the fish market instead.
"""
MENU = (
    "Home | News | Sport\nSubscribe now\nSign up for our newsletter and never miss what the island is talking about.\n"
)
COMMENTS = "\nLeave a comment\nYour email address will not be published. Required fields are marked with a star.\n"
ADDED = (
    "\nReaders in 14 villages have written to this newspaper since then; most of them, like Mr Hill, want the wall.\n"
)


def copied(one: str, other: str) -> bool:
    return find_copies([("a", None, signature(one)), ("b", None, signature(other))]) == {"b": "a"}


COPIES: dict[str, Callable[[str], str]] = {
    "the same": lambda text: text,
    "another headline": lambda text: text.replace(text.split("\n", 1)[0], "Vik votes for a second ship by a whisker"),
    "another byline": lambda text: text.replace("By Jon Aalto\nMarch 5, 2024", "Staff writers, Morning Post, 6/3/24"),
    "an added paragraph": lambda text: text.replace("\nThe harbour office", ADDED + "\nThe harbour office"),
    "furniture around": lambda text: MENU + text + COMMENTS,
    "plain quotation marks": lambda text: text.replace("“", '"').replace("”", '"'),
    "one long line": lambda text: " ".join(text.split()),
    "the last paragraph cut": lambda text: text[: text.index("Two members")],
    "all at once": lambda text: MENU + text.replace("second ferry\n", "ship\n").replace("Jon Aalto", "us") + ADDED,
}
OTHERS: dict[str, Callable[[str], str]] = {
    "another article on the same event": lambda text: OTHER,
    "another figure": lambda text: text.replace("120 cars", "130 cars"),
    "another figure in words": lambda text: text.replace("eleven weeks", "twelve weeks"),
    "another day": lambda text: text.replace("voted on Monday", "voted on Tuesday"),
    "another name": lambda text: text.replace("mayor, Olga Brandt", "mayor, Carl Hill"),
    "a page that quotes a part": lambda text: OTHER + OTHER.replace("the", "that") + text[: text.index("Tom Reyes")],
    "nothing": lambda text: "",
}


@pytest.mark.parametrize("change", COPIES.values(), ids=COPIES)
def test_what_is_a_copy(change: Callable[[str], str]) -> None:
    assert copied(ARTICLE, change(ARTICLE))


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_what_is_none(change: Callable[[str], str]) -> None:
    assert not copied(ARTICLE, change(ARTICLE))


def test_each_single_figure_of_the_prose_is_told() -> None:
    prose = ARTICLE.index("The council")
    for match in re.finditer(r"\d+", ARTICLE):
        other = f"{ARTICLE[: match.start()]}{int(match.group()) + 1}{ARTICLE[match.end() :]}"
        assert copied(ARTICLE, other) is (match.start() < prose), ARTICLE[match.start() - 20 : match.end() + 20]


def test_short_documents_are_copies_only_word_for_word() -> None:
    form = (
        "Dear {},\n\nwe thank you for your letter and have passed it on to the office that looks after such matters.\n"
    )
    assert copied(form.format("Anna"), form.format("Bert"))  # the salutation is no prose: the letters are the same
    assert not copied(form, form.replace("thank", "thanked"))
    assert not copied("", "")


def test_the_original_is_the_earliest_then_the_first_by_name() -> None:
    sketch, other = signature(ARTICLE), signature(OTHER)
    dated = [("c", "2024-03-06", sketch), ("z", "2024-03-05", sketch), ("a", None, sketch), ("o", None, other)]
    assert find_copies(dated) == {"a": "z", "c": "z"}
    assert find_copies([("b", None, sketch), ("a", None, sketch)]) == {"b": "a"}
    assert find_copies([]) == {}


def test_copies_of_copies_are_of_one_group() -> None:
    source = random.Random(3)
    more = [" ".join(source.choices(ARTICLE.split(), k=80)) + "\n" for _ in range(4)]
    chain = [ARTICLE + "".join(more[:count]) for count in range(5)]
    assert not copied(chain[0], chain[-1])
    found = find_copies([(str(number), None, signature(text)) for number, text in enumerate(chain)])
    assert found == dict.fromkeys("1234", "0")


def test_a_signature_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="400 bytes"):
        find_copies([("a", None, b"short")])


def test_five_thousand_documents_take_no_time() -> None:
    source = random.Random(7)
    vocabulary = [f"word{number}" for number in range(5_000)]
    sketches = [signature(" ".join(source.choices(vocabulary, k=200))) for _ in range(500)]
    documents = [(f"{number:04}", None, sketches[number % 500]) for number in range(5_000)]
    started = time.perf_counter()
    found = find_copies(documents)
    assert time.perf_counter() - started < 5
    assert found == {f"{number:04}": f"{number % 500:04}" for number in range(500, 5_000)}


@given(st.text())
def test_a_signature_is_the_same_each_time(text: str) -> None:
    assert signature(text) == signature(text)
    assert len(signature(text)) == 400
    assert copied(text, text) is (len(re.findall(r"[^\W_]", text)) > 0)


def test_what_a_copy_adds_stands_not_in_the_original() -> None:
    original = normalise(ARTICLE)
    for paragraph in ARTICLE.split("\n\n"):
        assert stands_in(paragraph.replace("“", '"'), original)
    assert not stands_in(ADDED, original)
    assert stands_in(ARTICLE + ADDED, original)
    assert not stands_in(ARTICLE.rsplit("\n\n", maxsplit=1)[-1][:100] + ADDED, original)
    assert stands_in("", original)
