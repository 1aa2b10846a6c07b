"""One system on one set: indexed, asked once from a cold process several times, and asked every question warm."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rag.evaluation.figures import Judged, Outcome, retrieval
from rag.evaluation.measures import percentile
from rag.evaluation.questions import Question
from tests.benchmarks.peers.document_sets import DocumentSet
from tests.benchmarks.peers.environments import Environments, error_line
from tests.benchmarks.peers.processes import bytes_under, run
from tests.benchmarks.peers.systems import FOLDER, System
from tests.benchmarks.provenance import ROOT

SERVER_SECONDS = 180.0


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one system on one set."""

    ndcg_at_10: float
    recall_at_5: float
    index_seconds: float
    """From the start of a process to its end, the model's loading included."""
    passages: int
    first_seconds: float
    """A process from its start to the end of its first search: the median of several."""
    warm_p50_ms: float
    warm_p95_ms: float
    index_bytes: int
    """The most memory that was resident while it indexed."""
    search_bytes: int
    stored_bytes: int
    versions: dict[str, str] = field(default_factory=dict)
    python: str = ""


class SystemFailedError(Exception):
    """A system did not get through; the message says where and why. The benchmark lists it and goes on."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where everything is, and how often the first search is repeated."""

    environments: Environments
    model: Path
    work: Path
    cold_runs: int
    model_given: bool = False
    """Whether the model is another one than comes with this program."""

    def prepare(self, system: System, document_set: DocumentSet) -> float:
        """Do what a system does once on a machine, and return how long that took."""
        return self._run(system, "prepare", document_set, {})[0]

    def measure(self, system: System, document_set: DocumentSet) -> Result:
        """Return the figures. Raises SystemFailedError."""
        with self._server(system) as (environment, watched):
            index_seconds, indexed = self._run(system, "index", document_set, environment, watched)
            first = [
                self._run(system, "first", document_set, environment, watch=False)[0] for _ in range(self.cold_runs)
            ]
            _, searched = self._run(system, "search", document_set, environment, watched)
        rankings = {row["id"]: row["documents"] for row in searched["questions"]}
        milliseconds = [row["ms"] for row in searched["questions"]]
        quality = measured_quality(document_set.questions, rankings)
        return Result(
            *quality,
            index_seconds=index_seconds,
            passages=indexed["passages"],
            first_seconds=statistics.median(first),
            warm_p50_ms=percentile(milliseconds, 50) or 0.0,
            warm_p95_ms=percentile(milliseconds, 95) or 0.0,
            index_bytes=indexed["peak_bytes"],
            search_bytes=searched["peak_bytes"],
            stored_bytes=bytes_under(self._store(system, document_set)),
            versions=indexed["versions"],
            python=indexed["python"],
        )

    def _store(self, system: System, document_set: DocumentSet) -> Path:
        return self.work / "stores" / document_set.name / system.name

    def _run(
        self,
        system: System,
        command: str,
        document_set: DocumentSet,
        environment: Mapping[str, str],
        watched: Sequence[int] = (),
        *,
        watch: bool = True,
    ) -> tuple[float, dict[str, Any]]:
        """Run a command of a runner, and return its wall time and what it wrote, the memory as seen from outside."""
        store, out = self._store(system, document_set), self.work / "out.json"
        store.parent.mkdir(parents=True, exist_ok=True)
        places = {"data": document_set.folder, "model": self.model, "store": store, "out": out}
        places["prepared"] = self.work / "prepared" / system.name
        options = [word for name, path in places.items() for word in (f"--{name}", str(path))]
        program = [str(self.environments.python(system)), str(system.script), command, *options]
        done = run(program, self._environment(system) | dict(environment), watched=watched, watch=watch)
        if done.status:
            raise SystemFailedError(f"`{command}` failed: {error_line(done.output)}")
        figures: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return done.seconds, figures | {"peak_bytes": max(figures["peak_bytes"], done.peak_bytes)}

    def _environment(self, system: System) -> dict[str, str]:
        """Return the environment of a runner: no network, no word of ours but for our own."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAG_", "PYTHON"))}
        kept |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "LOGFIRE_IGNORE_NO_CONFIG": "1"}
        if system.environment is None:
            kept["PYTHONPATH"] = str(ROOT)
            if self.model_given:
                kept["RAG_EMBEDDING_MODEL"] = str(self.model)
        return kept

    @contextmanager
    def _server(self, system: System) -> Iterator[tuple[dict[str, str], list[int]]]:
        """Lend the environment that names a server of embeddings, and its process, to a system that wants one."""
        if not system.served:
            yield {}, []
            return
        address = self.work / "address.txt"
        address.unlink(missing_ok=True)
        command = [sys.executable, str(FOLDER / "serving.py"), str(self.model), str(address)]
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=self._environment(system)
        )
        try:
            _wait_for(address, server)
            yield {"PEER_EMBEDDING_SERVER": address.read_text(encoding="utf-8")}, [server.pid]
        finally:
            server.terminate()
            server.communicate()


def _wait_for(path: Path, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SERVER_SECONDS
    while not (path.exists() and path.read_text(encoding="utf-8")):
        if server.poll() is not None or time.monotonic() > end:
            raise SystemFailedError("the server of embeddings did not start")
        time.sleep(0.2)


def measured_quality(questions: Sequence[Question], rankings: Mapping[str, Sequence[str]]) -> tuple[float, float]:
    """Return nDCG@10 and recall@5, as the product's own evaluation computes them."""
    judged = [Judged(question, Outcome(ranked=tuple(rankings[question.id or ""]))) for question in questions]
    figures = retrieval(judged)
    return figures["ndcg@10"] or 0.0, figures["recall@5"] or 0.0
