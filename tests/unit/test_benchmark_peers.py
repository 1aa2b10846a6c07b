"""The comparison with other systems: its pure parts, and our own runner from end to end on a tiny set."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rag.config import BUNDLED_EMBEDDING_MODEL
from rag.embedding.weights import find_model
from rag.evaluation.questions import Gold, Question
from tests.benchmarks.peers.document_sets import part_of, take_set
from tests.benchmarks.peers.environments import Environments, error_line, find_python
from tests.benchmarks.peers.measuring import Bench, Result, SystemFailedError, measured_quality
from tests.benchmarks.peers.page import Report, SetReport, page, table, verdicts
from tests.benchmarks.peers.processes import bytes_under, run
from tests.benchmarks.peers.runners.running import Document, Place, ranked, searched
from tests.benchmarks.peers.systems import OURS, PEERS, System

RESULT = Result(
    ndcg_at_10=0.8,
    recall_at_5=0.75,
    index_seconds=10.0,
    passages=1234,
    first_seconds=1.0,
    warm_p50_ms=10.0,
    warm_p95_ms=20.0,
    index_bytes=300_000_000,
    search_bytes=200_000_000,
    stored_bytes=4_560_000,
    versions={"faiss-cpu": "1.0"},
    python="3.11.7",
)
SLOWER = replace(RESULT, ndcg_at_10=0.7, index_seconds=30.0, first_seconds=8.0)
NEARER = replace(RESULT, ndcg_at_10=0.76, index_seconds=15.0, warm_p50_ms=9.0, stored_bytes=1_000_000)
LANGCHAIN, LLAMA = PEERS[0], PEERS[1]


class Shelf:
    """A runner over documents that it holds: finds one passage of each, and two of the first."""

    packages = ("pytest",)

    def __init__(self) -> None:
        self.asked: list[int] = []

    def index(self, place: Place) -> int:
        return len(place.documents())

    def open(self, place: Place):  # noqa: ANN201
        names = [document.id for document in place.documents()]

        def search(question: str, count: int) -> list[str]:
            self.asked.append(count)
            return (names[:1] * 45 + names)[:count]

        return search


def write_set(folder: Path, documents: int = 12) -> Path:
    folder.mkdir()
    rows = [
        {"doc_id": f"d#{n}", "title": f"Title {n}", "text": f"The number of this one is {n}."} for n in range(documents)
    ]
    asked = [{"q_id": "q", "question": "Which one is seven?", "gold": [{"doc_id": "d#7"}], "answerable": True}]
    for name, lines in (("docs", rows), ("questions", asked)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def test_a_document_has_its_title_once() -> None:
    assert Document("a", "Flow", "Past a plate.").content == "Flow\n\nPast a plate."
    assert Document("a", "Flow", " Flow past a plate.").content == " Flow past a plate."


def test_a_document_stands_at_the_rank_of_its_best_passage() -> None:
    assert ranked(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


def test_a_search_goes_on_until_it_has_ten_documents(tmp_path: Path) -> None:
    place = Place(write_set(tmp_path / "set"), tmp_path, tmp_path, tmp_path)
    shelf = Shelf()
    figures = searched(shelf, place, first=False)
    assert shelf.asked == [50, 50, 100]
    assert figures["questions"][0]["documents"] == [f"d#{n}" for n in range(12)]
    assert set(searched(Shelf(), place, first=True)) == {"first_ms"}


def test_a_part_of_a_set_has_the_documents_of_its_questions() -> None:
    documents = [{"doc_id": name} for name in "abcdef"]
    questions = [
        {"question": "1", "gold": [{"doc_id": "e"}, {"doc_id": "a", "grade": 0}]},
        {"question": "2", "gold": [{"doc_id": "b"}, {"doc_id": "c"}, {"doc_id": "d"}]},
        {"question": "3", "gold": [{"doc_id": "gone"}]},
        {"question": "4", "gold": []},
        {"question": "5", "gold": [{"doc_id": "f"}]},
    ]
    kept, asked = part_of(documents, questions, 3)
    assert [row["doc_id"] for row in kept] == ["a", "e", "f"]
    assert [row["question"] for row in asked] == ["1", "5"]
    assert part_of(documents, questions, 6)[0] == documents


def test_quality_is_that_of_the_product_s_own_evaluation() -> None:
    questions = [
        Question("one", id="1", gold=(Gold("a"), Gold("b"))),
        Question("two", id="2", gold=(Gold("c"),)),
        Question("three", id="3"),
    ]
    assert measured_quality(questions, {"1": ["a", "b"], "2": ["x"], "3": []}) == (0.5, 0.5)


def test_the_table_has_a_line_for_each_system_that_ran() -> None:
    lines = list(table({"langchain": SLOWER, "ours": RESULT}))
    assert len(lines) == 4
    assert lines[2] == "| this program | 0.800 | 0.750 | 10.0 | 1,234 | 123 | 1.0 | 10.0 | 20.0 | 300 | 200 | 4.6 |"
    assert lines[3].startswith("| LangChain | 0.700 | 0.750 | 30.0 | 1,234 | 41 | 8.0 |")
    assert {line.count("|") for line in lines} == {13}


def test_verdicts_say_where_less_than_asked_is_reached() -> None:
    told = list(verdicts({"ours": RESULT, LANGCHAIN.name: SLOWER, LLAMA.name: NEARER}))
    assert told == [
        "- Against LangChain: nDCG@10 +10.0 points, indexing 3.0 times as fast.",
        "- Against LlamaIndex: nDCG@10 +4.0 points (**less than asked**), "
        "indexing 1.5 times as fast (**less than asked**).",
        "- Behind in the median of a warm search: LlamaIndex.",
        "- Behind in size on disk: LlamaIndex.",
    ]
    assert list(verdicts({LANGCHAIN.name: SLOWER})) == []


@pytest.mark.parametrize(("load", "doubted"), [(0.1, False), (7.25, True)])
def test_a_page_names_the_machine_the_versions_the_faults_and_doubts_times_of_a_busy_machine(
    load: float, *, doubted: bool
) -> None:
    each = SetReport("shop", 3, 1, {"ours": RESULT}, {"txtai": "not installed"}, {"ours": 12.3})
    text = page(Report("a machine", "abc123", load, 5.04, (each,), "python -m it"))
    for part in (
        "Made by `python -m it`\non a machine, commit abc123.",
        "3 documents, 1 questions.",
        "- txtai did not run: not installed.",
        "- **this program** (Python 3.11.7, faiss-cpu 1.0): `rag index`",
        "once on a machine, took 5.0 s",
        "The run on shop took: ours 12 s.",
    ):
        assert part in text
    assert ("busy with other work: the load average was 7.2" in text) is doubted


def test_an_environment_that_is_missing_or_failed_says_why(tmp_path: Path) -> None:
    environments = Environments(tmp_path)
    assert environments.fault(OURS) is None
    assert environments.python(OURS) == Path(sys.executable)
    assert (environments.fault(LANGCHAIN) or "").startswith("not installed")
    record = tmp_path / "langchain" / "installed.json"
    record.parent.mkdir()
    requirements = LANGCHAIN.requirements.read_text(encoding="utf-8")
    for wrote, fault in ((requirements, None), (requirements, "No such package"), ("other", None)):
        record.write_text(json.dumps({"requirements": wrote, "fault": fault}), encoding="utf-8")
        told = environments.fault(LANGCHAIN)
        assert told == fault if wrote == requirements else told is not None


def test_an_interpreter_is_found_by_version() -> None:
    assert find_python(None) == sys.executable
    assert find_python("2.1") is None


def test_the_reason_of_a_failure_is_one_line() -> None:
    assert error_line("WARNING: no\nERROR: No matching distribution found for x\n\nbye\n") == (
        "No matching distribution found for x"
    )
    assert error_line("Traceback\nValueError: no\n") == "ValueError: no"
    assert error_line("") == "it ended without a word"


def test_a_program_is_timed_and_its_children_are_counted() -> None:
    holder = "import time; held = bytearray(60_000_000); time.sleep(1.5)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {holder!r}])"
    done = run([sys.executable, "-c", child], {})
    assert done.status == 0
    assert done.seconds > 1.5
    if Path("/proc/self/smaps_rollup").exists():
        assert done.peak_bytes > 60_000_000
    failed = run([sys.executable, "-c", "import sys; sys.exit('no')"], {}, watch=False)
    assert (failed.status, failed.output) == (1, "no\n")


def test_size_is_that_of_files_not_of_links(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert bytes_under(tmp_path) == 5


def bench(tmp_path: Path) -> Bench:
    return Bench(Environments(tmp_path), find_model(BUNDLED_EMBEDDING_MODEL).folder, tmp_path / "work", cold_runs=1)


def test_our_own_runner_from_end_to_end(tmp_path: Path, encoders: Path) -> None:
    document_set = take_set(write_set(tmp_path / "tiny"), tmp_path / "work" / "tiny")
    here = bench(tmp_path)
    prepared = here.work / "prepared" / OURS.name / "index"
    prepared.mkdir(parents=True)
    (prepared / "encoders").symlink_to(encoders)
    assert here.prepare(OURS, document_set) > 0
    result = here.measure(OURS, document_set)
    assert (result.passages, result.recall_at_5) == (12, 1.0)
    assert result.ndcg_at_10 == pytest.approx(1.0, abs=0.7)
    assert min(result.index_seconds, result.first_seconds, result.warm_p50_ms) > 0
    assert result.index_bytes > 50_000_000
    assert 0 < result.stored_bytes < 2_000_000
    assert set(result.versions) == {"faiss-cpu", "openvino", "tokenizers"}


def test_a_system_that_fails_says_so(tmp_path: Path) -> None:
    document_set = take_set(write_set(tmp_path / "tiny"), tmp_path / "work" / "tiny")
    absent = System(name="absent", title="Absent", runner="langchain_faiss", setup="")
    with pytest.raises(SystemFailedError, match="`index` failed"):
        bench(tmp_path).measure(absent, document_set)
