"""The maker of large collections, and the table and drawing of what they cost."""

from __future__ import annotations

from random import Random
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.benchmarks.cost_plot import Panel, as_svg
from tests.benchmarks.large import Stock
from tests.benchmarks.large_text import GrownVectors, Source, Writer
from tests.benchmarks.scale_report import as_table, draw
from tests.doubles import HashingEmbedder

COMMON = "the council of the city has said again that the bridge over the river will be built in the year"
NAMES = ("Aberdeen", "Bordeaux", "Cordoba", "Dortmund", "Esbjerg", "Florence")


@pytest.fixture
def source() -> Source:
    """Thirty sentences of the same common words in thirty orders, each with a name of its own."""
    words = COMMON.split()
    orders = [words[at:] + words[:at] for at in range(15)] + [words[at::-1] + words[:at:-1] for at in range(15)]
    texts = tuple(f"Now {' '.join(order)} of {NAMES[at % 6]}{at}." for at, order in enumerate(orders))
    vectors = np.eye(30, 64, dtype=np.float32)
    return Source(Stock(texts, np.arange(30) // 5, vectors, vectors[:1]))


def test_a_document_is_the_same_for_the_same_number_and_another_for_another_edition(source: Source) -> None:
    writer = Writer(source, 10, 200)
    assert writer.text(3) == Writer(source, 10, 200).text(3)
    assert writer.text(3) != writer.text(4)
    assert writer.text(3) != writer.text(3, "second")


def test_common_words_stay_and_rare_ones_grow_in_number_with_the_collection(source: Source) -> None:
    few, many = (
        {word for number in range(40) for word in Writer(source, documents, 200).text(number).split()}
        for documents in (1, 100_000)
    )
    assert set(COMMON.split()) <= few
    assert len(many) > 2 * len(few)


def test_the_vector_of_a_passage_is_the_mean_of_those_of_its_sentences_whatever_their_variants(source: Source) -> None:
    embedder = GrownVectors(HashingEmbedder(), source)
    written = Writer(source, 100_000, 200)._sentence(0, 2, Random(5))
    passage = f"A heading\n{source.stock.texts[0]} {source.stock.texts[7]}"
    vectors = embedder.embed_passages([passage, written, passage])
    assert np.flatnonzero(vectors[0]).tolist() == [0, 7]
    assert vectors[0, 0] == pytest.approx(vectors[0, 7], rel=0.05)
    assert np.count_nonzero(vectors[1]) == 1
    assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1, 1, 1])
    assert (vectors[0] == vectors[2]).all()


FIGURES = {
    str(size): {
        "build": {"chunks": size, "seconds": size / 1000, "machine": "a machine", "commit": "abc"},
        "search": {"warm_ms": {"p50": 5.0, "p95": 9.0}, "machine": "a machine", "commit": "abc"},
    }
    for size in (10_000, 1_000_000)
}


def test_the_table_has_what_was_measured_and_no_more() -> None:
    lines = as_table(FIGURES).splitlines()
    assert lines[0] == "| | 10,000 | 1,000,000 |"
    assert "| build without embedding, s | 10.0 | 1000.0 |" in lines
    assert "| warm search p95, ms | 9.0 | 9.0 |" in lines
    assert not any("recall" in line for line in lines)


def test_the_drawing_is_svg_with_every_value_beside_its_point() -> None:
    root = ElementTree.fromstring(draw(FIGURES))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Warm search, milliseconds", "9", "5", "1,000", "1M", "● median"} <= set(texts)
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 4


def test_a_point_stands_where_its_logarithms_say() -> None:
    drawing = as_svg([Panel("Cost", {"one": [(10, 1), (100, 10), (1000, 100)]})], "things")
    circles = ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}circle")
    places = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in circles]
    assert places[1] == pytest.approx([(first + last) / 2 for first, last in zip(places[0], places[2], strict=True)])
