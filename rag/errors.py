"""Every error that a person may meet, as one tree; the surfaces catch `RagError` and show its message.

RagError                   anything below: one line that says what is wrong and what to do
├── UsageError             wrong input or settings: correct them (exit 2)
├── SourceError            a source cannot be read or does not exist: see the file it names (exit 2)
├── IndexUnusableError     there is no index to answer from (exit 3)
│   ├── IndexMissingError      nothing was indexed yet: run `rag index`
│   ├── IndexMismatchError     built with other settings or another format: run `rag index --rebuild`
│   │   └── StoreMismatchError     its chunks are in another store: name that one, or rebuild
│   └── IndexDamagedError      a file of it is broken or gone: run `rag index --rebuild`
├── IndexBusyError         another process is building the index: wait for it (exit 3)
├── StoreUnreachableError  the server that holds the vectors does not answer: see to it (exit 3)
├── StoreNotInstalledError the package that the store needs is missing: the message has the command (exit 2)
├── EmbeddingModelError    the embedding model is missing, altered or unreadable (exit 2)
├── RerankerError          the reranker is missing, unreadable or none (exit 2)
├── CheckerError           the model that checks statements is missing, unreadable or none (exit 2)
├── EvidenceModelError     the evidence model that is part of the program cannot be read (exit 2)
└── LanguageModelError     the language model could not be used (exit 4)
    ├── ModelNotInstalledError a package or a weights file is missing: the message has the command
    └── ModelUnreachableError  the server does not answer, or refuses the key
"""

from __future__ import annotations

from typing import ClassVar


class RagError(Exception):
    """An error for people. The message says what is wrong and what to do, on one line.

    `exit_status` is what the command line ends with when this error reaches it.
    """

    exit_status: ClassVar[int] = 2


class UsageError(RagError):
    """Wrong input or settings; seen by whoever typed them, who corrects them."""


class SourceError(RagError):
    """A source is missing or unreadable; seen by whoever named it, who mends or removes the file."""


class IndexUnusableError(RagError):
    """No answer can be given from the index as it stands; the message has the command that mends it."""

    exit_status = 3


class IndexMissingError(IndexUnusableError):
    """Nothing has been indexed yet."""


class IndexMismatchError(IndexUnusableError):
    """The index was built with other settings, another model or another format; names both values."""


class StoreMismatchError(IndexMismatchError):
    """The chunks of the index are in another store than the one that the settings name; names both."""


class IndexDamagedError(IndexUnusableError):
    """A file of the index is missing or altered; names it."""


class IndexBusyError(RagError):
    """Another process holds the build lock; wait until it is done."""

    exit_status = 3


class StoreUnreachableError(RagError):
    """The server that holds the vectors and words of the index does not answer or refuses; names it, nothing secret."""

    exit_status = 3


class StoreNotInstalledError(RagError):
    """A package that the store needs is missing; the message has the install command."""


class EmbeddingModelError(RagError):
    """The embedding model is missing, altered or unreadable; names the model and the install command."""


class RerankerError(RagError):
    """The reranker that the settings name is missing, unreadable or no reranker; names it and what to do."""


class EvidenceModelError(RagError):
    """The evidence model, which is part of the program, is missing or unreadable; install the program again."""


class CheckerError(RagError):
    """The checker that the settings name is missing, unreadable or no checker; names it and what to do."""


class LanguageModelError(RagError):
    """The language model could not be used."""

    exit_status = 4


class ModelNotInstalledError(LanguageModelError):
    """A package or weights file of the language model is missing; the message has the install command."""


class ModelUnreachableError(LanguageModelError):
    """The language model's server does not answer or refuses the request; check address and key."""
