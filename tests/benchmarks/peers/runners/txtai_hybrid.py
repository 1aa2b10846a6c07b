"""txtai as its documentation sets retrieval up: an embeddings database with content and hybrid search."""

from __future__ import annotations

from running import Place, Search, main


class Txtai:
    """Embeddings with `content` and `hybrid`, over the sections that its segmentation makes."""

    packages = ("txtai", "faiss-cpu", "transformers", "torch")

    def index(self, place: Place) -> int:
        """Cut into sections, embed, weigh the words, and save."""
        from txtai import Embeddings
        from txtai.pipeline import Segmentation

        sections = Segmentation(sections=True)
        rows = [
            {"text": text, "source": document.id}
            for document in place.documents()
            for text in sections(document.content)
        ]
        embeddings = Embeddings(path=str(place.model), content=True, hybrid=True)
        embeddings.index(rows)
        embeddings.save(str(place.store))
        return len(rows)

    def open(self, place: Place) -> Search:
        """Load the database."""
        from txtai import Embeddings

        embeddings = Embeddings()
        embeddings.load(str(place.store))

        def search(question: str, count: int) -> list[str]:
            found = embeddings.search(
                "select source, score from txtai where similar(:question)", count, parameters={"question": question}
            )
            return [row["source"] for row in found]

        return search


if __name__ == "__main__":
    main(Txtai())
