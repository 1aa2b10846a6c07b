"""Taking documents in: uploads and addresses, saved among the sources and indexed in the background. No Streamlit."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rag.errors import RagError
from rag.types import DocumentFacts, Skipped
from rag.ui.building import IndexBuild, describe_progress
from rag.ui.wording import counted


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something to be added: `name` is how the person knows it, `save` puts it among the sources."""

    name: str
    save: Callable[[], Path]
    """Returns where it was saved; raises RagError."""
    identity: str
    """Two of the same are the same thing."""


def file_arrival(name: str, data: bytes, save: Callable[[str, bytes], Path]) -> Arrival:
    """Return an uploaded file as something to be added."""
    return Arrival(name, lambda: save(name, data), f"{name}\n{hashlib.sha256(data).hexdigest()}")


def address_arrival(address: str, save: Callable[[str], Path]) -> Arrival:
    """Return the address of a page as something to be added."""
    return Arrival(address, lambda: save(address), address)


class Kind(StrEnum):
    """What became of something that was to be added."""

    ADDED = "added"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one arrival, in words. `source` is the document that it became, where it did."""

    kind: Kind
    words: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an index holds after a build: its documents, and the files that could not be read."""

    documents: tuple[DocumentFacts, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def sources(self) -> frozenset[str]:
        """Return the names of the documents."""
        return frozenset(document.source for document in self.documents)


class Intake:
    """Some arrivals on their way into the index, worked on by a thread of their own while pages look on."""

    def __init__(
        self,
        number: int,
        arrivals: Sequence[Arrival],
        *,
        folder: Path,
        update: Callable[[], IndexBuild],
        holdings: Callable[[], Holdings],
    ) -> None:
        """Take what is to be added to `folder`; `update` starts a build, `holdings` tells what is in the index."""
        self.number = number
        self.arrivals = tuple(arrivals)
        self.outcomes: tuple[Outcome, ...] = ()
        self._folder = folder
        self._update = update
        self._holdings = holdings
        self._build: IndexBuild | None = None
        self._ended = threading.Event()

    @property
    def identity(self) -> str:
        """Return what tells whether two are of the same things."""
        return "\n".join(sorted(arrival.identity for arrival in self.arrivals))

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name="intake", daemon=True).start()

    def has_ended(self) -> bool:
        """Tell whether everything is in the index, or refused."""
        return self._ended.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most for `seconds`; return whether it has come."""
        return self._ended.wait(seconds)

    def progress(self) -> tuple[float, str]:
        """Return how far the present stage is (0 to 1) and what it is, in words."""
        named = self.arrivals[0].name if len(self.arrivals) == 1 else counted(len(self.arrivals), "document")
        share, words = describe_progress(self._build.progress) if self._build else (0.0, "Saving")
        return share, f"Adding {named}. {words}"

    def _run(self) -> None:
        try:
            self.outcomes = tuple(self._take_in())
        except BaseException:
            words = "An internal error ended this; the terminal of the server has the details."
            self.outcomes = (Outcome(Kind.REFUSED, words),)
            raise
        finally:
            self._ended.set()

    def _take_in(self) -> list[Outcome]:
        before = self._holdings().sources()
        saved = [self._save(arrival) for arrival in self.arrivals]
        if any(isinstance(one, str) for one in saved):
            self._build = self._update()
            self._build.wait()
        problem = self._build.problem if self._build else None
        after = self._holdings()
        pairs = zip(self.arrivals, saved, strict=True)
        return [one if isinstance(one, Outcome) else judge(each, one, before, after, problem) for each, one in pairs]

    def _save(self, arrival: Arrival) -> str | Outcome:
        """Return the name among the sources that an arrival was saved under, or why it was not."""
        try:
            path = arrival.save()
        except RagError as error:
            said = str(error)
            return Outcome(Kind.REFUSED, said if arrival.name in said else f"{arrival.name} was not added. {said}")
        return path.resolve().relative_to(self._folder.resolve()).as_posix()


def judge(arrival: Arrival, file: str, before: frozenset[str], after: Holdings, problem: str | None) -> Outcome:
    """Tell what became of an arrival that was saved as `file`, from what the index held before and holds now."""
    if problem:
        words = f"{arrival.name} is saved among the sources, but the index could not be brought up to date. {problem}"
        return Outcome(Kind.REFUSED, words)
    documents = [document for document in after.documents if _is_of(document.source, file)]
    reasons = [one.reason for one in after.skipped if _is_of(one.source, file)]
    left_out = f" Not all of it could be read: {reasons[0]}." if reasons else ""
    if documents and all(document.source in before for document in documents):
        return Outcome(Kind.KNOWN, f"{arrival.name} is among the sources already.", documents[0].source)
    if documents:
        return Outcome(Kind.ADDED, f"Added {_described(arrival, documents)}.{left_out}", documents[0].source)
    reason = reasons[0] if reasons else "nothing of it is read, by its name or the ignored patterns"
    return Outcome(Kind.REFUSED, f"{arrival.name} is saved among the sources but cannot be read: {reason}.")


def _is_of(source: str, file: str) -> bool:
    return source == file or source.startswith(f"{file}#")


def _described(arrival: Arrival, documents: Sequence[DocumentFacts]) -> str:
    first = documents[0]
    more = f" and {counted(len(documents) - 1, 'more document')}" if len(documents) > 1 else ""
    name = f" ({arrival.name})" if first.title != arrival.name else ""
    return f"“{first.title}”{name}{more}"


class Intakes:
    """The intakes that are under way, and the outcome of the last until it is put away; used by several threads."""

    def __init__(self, folder: Path, update: Callable[[], IndexBuild], holdings: Callable[[], Holdings]) -> None:
        """See `Intake` for what is taken."""
        self._folder, self._update, self._holdings = folder, update, holdings
        self._count = 0
        self._all: tuple[Intake, ...] = ()
        self._lock = threading.Lock()

    def all(self) -> tuple[Intake, ...]:
        """Return them, oldest first."""
        return self._all

    def begin(self, arrivals: Sequence[Arrival]) -> Intake:
        """Start taking things in; the same things that are on their way already are not taken twice."""
        with self._lock:
            self._count += 1
            made = Intake(self._count, arrivals, folder=self._folder, update=self._update, holdings=self._holdings)
            running = tuple(one for one in self._all if not one.has_ended())
            same = next((one for one in running if one.identity == made.identity), None)
            if same is not None:
                return same
            self._all = (*running, made)
            made.start()
        return made

    def put_away(self, number: int) -> None:
        """Forget the outcome of one that has ended."""
        self._keep(lambda one: one.number != number or not one.has_ended())

    def put_away_seen(self) -> None:
        """Forget the outcomes of all that have ended."""
        self._keep(lambda one: not one.has_ended())

    def _keep(self, is_kept: Callable[[Intake], bool]) -> None:
        with self._lock:
            self._all = tuple(filter(is_kept, self._all))
