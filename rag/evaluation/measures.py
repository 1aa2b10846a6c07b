"""The measures of the field, as pure functions. Higher is better in each of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

Span = tuple[int, int]


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], depth: int) -> float:
    """Return the normalised discounted cumulative gain of the first `depth` of `ranked`, in [0, 1].

    The gain of a document is its grade, the discount log2(rank + 1): Järvelin and Kekäläinen, "Cumulated gain-based
    evaluation of IR techniques", 2002, in the form that trec_eval and BEIR compute.
    """
    best = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth]
    ideal = sum(grade / math.log2(rank + 1) for rank, grade in enumerate(best, 1))
    gained = sum(grades.get(name, 0.0) / math.log2(rank + 1) for rank, name in enumerate(ranked[:depth], 1))
    return gained / ideal if ideal else 0.0


def recall(ranked: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """Return the share of the relevant documents among the first `depth` of `ranked`."""
    return len(set(relevant) & set(ranked[:depth])) / len(set(relevant)) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], depth: int) -> float:
    """Return 1 / rank of the first relevant document among the first `depth`, 0 where there is none."""
    return next((1 / rank for rank, name in enumerate(ranked[:depth], 1) if name in relevant), 0.0)


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Return the chance that a positive has a higher score than a negative, ties counting half; None without both.

    The area under the receiver operating characteristic, as the Mann-Whitney statistic gives it (Hanley and McNeil,
    1982), by ranks.
    """
    if not positives or not negatives:
        return None
    pooled = sorted([(score, True) for score in positives] + [(score, False) for score in negatives])
    rank_sum, start = 0.0, 0
    while start < len(pooled):
        end = start
        while end < len(pooled) and pooled[end][0] == pooled[start][0]:
            end += 1
        rank_sum += (start + 1 + end) / 2 * sum(positive for _, positive in pooled[start:end])
        start = end
    wins = rank_sum - len(positives) * (len(positives) + 1) / 2
    return wins / (len(positives) * len(negatives))


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that at least `percent` % of the values do not exceed (nearest rank)."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def covered(span: Span, others: Collection[Span]) -> int:
    """Return how many characters of `span` lie in at least one of `others`."""
    start, end = span
    count = 0
    for other_start, other_end in sorted(others):
        from_here, to_here = max(start, other_start), min(end, other_end)
        if to_here > from_here:
            count += to_here - from_here
            start = to_here
    return count


def share(part: float, whole: float) -> float | None:
    """Return `part / whole`, None where there is nothing to take a share of."""
    return part / whole if whole else None


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean, None of nothing."""
    return share(sum(values), len(values))
