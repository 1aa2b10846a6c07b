"""Conversations as they lie in the server's memory: questions, and the answers in the making.

A turn is written by one worker thread and read by any number of page runs; what it shows is one frozen `Draft`,
replaced as a whole, so that a reader never sees half an event.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.errors import RagError
from rag.types import Answer, AnswerEvent, Citation, Finished, Passage, Retrieved, SourceFilter, StatementChecked
from rag.types.exchanges import Exchange, exchange_of

CONVERSATION_LIMIT = 200
"""Conversations kept in memory; the one that was not looked at for longest goes first."""


class TurnState(StrEnum):
    """How far the answer to one question is."""

    WAITING = "waiting"
    ADDING = "adding"
    SEARCHING = "searching"
    WRITING = "writing"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


UNDER_WAY = frozenset({TurnState.WAITING, TurnState.ADDING, TurnState.SEARCHING, TurnState.WRITING})


ALL = SourceFilter()


@dataclass(frozen=True, slots=True)
class Scope:
    """In which sources an answer is looked for."""

    chosen: SourceFilter = ALL
    """What the person picked."""
    understand: bool = True
    """Whether the question's own words may narrow it further."""


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Draft:
    """A question and all that is known of its answer at one moment."""

    question: str
    llm: str
    state: TurnState = TurnState.WAITING
    standalone_question: str = ""
    passages: tuple[Passage, ...] = ()
    statements: tuple[StatementChecked, ...] = ()
    answer: Answer | None = None
    problem: str | None = None
    error: RagError | None = None
    """What the problem is, where it is one of those that a person can mend."""
    scope: Scope = EVERYWHERE
    meant: str = ""
    """How the question is to be understood, where that is settled before; empty where it is to be found out."""
    corrected: bool = False
    """Whether a person settled that."""

    @property
    def under_way(self) -> bool:
        """Whether more is to come."""
        return self.state in UNDER_WAY

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of what is shown: of the whole answer, or of the statements so far."""
        if self.answer is not None:
            return self.answer.citations
        return tuple({cited.id: cited for event in self.statements for cited in event.citations}.values())

    def after(self, event: AnswerEvent) -> Draft:
        """Return the draft with one more event in it."""
        if isinstance(event, Retrieved):
            asked = event.standalone_question
            return replace(self, state=TurnState.WRITING, standalone_question=asked, passages=event.passages)
        if isinstance(event, StatementChecked):
            return replace(self, state=TurnState.WRITING, statements=(*self.statements, event))
        return self.finished(event)

    def finished(self, event: Finished) -> Draft:
        """Return the draft with the whole answer, which replaces what was shown before."""
        answer = event.answer
        return replace(
            self,
            state=TurnState.FINISHED,
            answer=answer,
            standalone_question=answer.standalone_question,
            passages=answer.passages,
        )

    def failed(self, problem: str, error: RagError | None = None) -> Draft:
        """Return the draft with what went wrong."""
        return replace(self, state=TurnState.FAILED, problem=problem, error=error)


class Turn:
    """One question of a conversation and its answer, written by a worker while pages read it."""

    def __init__(
        self, number: int, question: str, llm: str, scope: Scope = EVERYWHERE, *, meant: str = "", take: int = 0
    ) -> None:
        self.number = number
        """Place in the conversation, from 1."""
        self.take = take
        """How often the question was put right since it was asked."""
        self._draft = Draft(question, llm, standalone_question=meant, scope=scope, meant=meant, corrected=take > 0)
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @property
    def draft(self) -> Draft:
        """What is known now."""
        return self._draft

    def has_ended(self) -> bool:
        """Tell whether the answer is whole, stopped or failed."""
        return self._ended.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until the turn has ended, at most for `seconds`; return whether it has."""
        return self._ended.wait(seconds)

    def await_documents(self) -> None:
        """Note that the documents that came with the question are being added first."""
        self._become(replace(self._draft, state=TurnState.ADDING))

    def begin(self) -> None:
        """Note that a worker has taken the question up."""
        self._become(replace(self._draft, state=TurnState.SEARCHING))

    def record(self, event: AnswerEvent) -> None:
        """Take in an event of the engine; one that comes after the turn has ended is ignored."""
        self._become(self._draft.after(event))

    def fail(self, problem: str, error: RagError | None = None) -> None:
        """End the turn with a message."""
        self._become(self._draft.failed(problem, error))

    def stop(self) -> None:
        """End the turn with what it has; the worker notices at its next event."""
        self._become(replace(self._draft, state=TurnState.STOPPED))

    def _become(self, draft: Draft) -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self._draft = draft
            if not draft.under_way:
                self._ended.set()


class Conversation:
    """The turns of one conversation, oldest first. `answering` is held while one is answered: one at a time."""

    def __init__(self, identifier: str) -> None:
        self.id = identifier
        self.answering = threading.Lock()
        self._turns: tuple[Turn, ...] = ()
        self._lock = threading.Lock()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns, oldest first."""
        return self._turns

    def turn(self, number: int | None) -> Turn | None:
        """Return the turn of that number, None where there is none."""
        return next((turn for turn in self._turns if turn.number == number), None)

    def add(self, question: str, llm: str, scope: Scope = EVERYWHERE, meant: str = "") -> Turn:
        """Append a question."""
        with self._lock:
            turn = Turn(len(self._turns) + 1, question, llm, scope, meant=meant)
            self._turns = (*self._turns, turn)
        return turn

    def put_right(self, turn: Turn, meant: str) -> Turn:
        """Put a new turn in the place of one: the same question, understood as a person says that it is meant."""
        turn.stop()
        draft = turn.draft
        with self._lock:
            again = Turn(turn.number, draft.question, draft.llm, draft.scope, meant=meant, take=turn.take + 1)
            self._turns = tuple(again if one.number == turn.number else one for one in self._turns)
        return again

    def history(self, turn: Turn) -> tuple[Exchange, ...]:
        """Return the questions before `turn` that were taken up, oldest first: what a follow-up refers to."""
        earlier = (other.draft for other in self._turns if other.number < turn.number)
        return tuple(_exchange(draft) for draft in earlier if draft.state is not TurnState.FAILED)


def _exchange(draft: Draft) -> Exchange:
    """Return a question with how it was understood, and its answer where that is whole."""
    return exchange_of(draft.answer) if draft.answer else Exchange(draft.question, draft.standalone_question)


class Conversations:
    """The conversations that the server remembers, by id."""

    def __init__(self, limit: int = CONVERSATION_LIMIT) -> None:
        self._limit = limit
        self._by_id: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, identifier: str | None) -> Conversation | None:
        """Return the conversation of that id, None where it is not (or no longer) known."""
        with self._lock:
            if identifier is None or identifier not in self._by_id:
                return None
            self._by_id.move_to_end(identifier)
            return self._by_id[identifier]

    def create(self) -> Conversation:
        """Make a conversation with an id that nobody can guess, and forget the one least recently looked at."""
        conversation = Conversation(secrets.token_hex(8))
        with self._lock:
            self._by_id[conversation.id] = conversation
            while len(self._by_id) > self._limit:
                self._by_id.popitem(last=False)
        return conversation
