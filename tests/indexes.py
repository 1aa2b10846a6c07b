"""A sources folder with an index of it, on the embedder that hashes words."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from rag.generations import Generation, locate_generation
from rag.index_reader import SEGMENTS, OpenIndex, open_index
from rag.indexing import BuildSettings, build
from rag.types import IndexReport
from tests.doubles import HashingEmbedder

ONE = "The minister said that talks would resume. Nobody was named to lead them.\n"
TWO = "Bread is baked from flour, water and salt. Bakers bake it at night.\n"
THREE = "Anna Berg said: “We will stay.” She gave no reason.\n"


@dataclass
class Library:
    """Sources in `folder/sources`, an index in `folder/index`."""

    folder: Path
    embedder: HashingEmbedder = field(default_factory=HashingEmbedder)

    @property
    def sources(self) -> Path:
        return self.folder / "sources"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def generation(self) -> Generation:
        return locate_generation(self.index)

    def segments(self) -> list[Path]:
        """The folders of the segments of the generation that counts."""
        return [self.generation.folder / SEGMENTS / entry.name for entry in self.generation.manifest.segments]

    def write(self, name: str, text: str) -> None:
        path = self.sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def remove(self, name: str) -> None:
        (self.sources / name).unlink()

    def build(self, **changes: object) -> IndexReport:
        """Bring the index up to date, with a new embedder each time unless told otherwise."""
        self.embedder = HashingEmbedder()
        settings = BuildSettings(self.sources, self.index, self.embedder, 160, 32, 10_000)
        names = {field.name for field in fields(BuildSettings)} & changes.keys()
        changed = replace(settings, **{name: changes.pop(name) for name in names})  # type: ignore[arg-type]
        return build(changed, **changes)  # type: ignore[arg-type]

    def open(self) -> OpenIndex:
        return open_index(self.index)


def make_library(folder: Path) -> Library:
    """Return a library of three sources, not indexed yet."""
    library = Library(folder)
    for name, text in (("one.txt", ONE), ("two.txt", TWO), ("inner/three.txt", THREE)):
        library.write(name, text)
    return library


def contents(opened: OpenIndex) -> list[object]:
    """Return everything that an index answers from, in a form that can be compared."""
    catalog = opened.catalog
    rows = range(catalog.chunk_count)
    vectors = [opened.vectors.reconstruct(rows).tolist()] if catalog.chunk_count else []  # type: ignore[arg-type]
    words = [opened.lexical.scores(text).tolist() for text in ("minister talks", "bread flour", "version", "stay")]
    found = [each.tolist() for each in opened.vectors.search(HashingEmbedder().embed_queries(["bread talks"])[0], 3)]
    files = [(file.path, file.sha256, file.skipped) for file in catalog.files()]
    values = [files, catalog.sources(), catalog.facts(), opened.copies, catalog.quotations(), catalog.chunks(rows)]
    return [*values, tuple(catalog.indexed_documents()), *vectors, words, found]
