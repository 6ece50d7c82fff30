"""Checks a data set against what was published, and says what it found in plain words.

`check` does the work for every data set; `format_report` is what `datasets check` prints, and
`CheckReport.to_dict` its JSON.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fer_core.datasets.base import Dataset, Split
from fer_core.datasets.duplicates import (
    Fingerprints,
    copies,
    exact,
    fingerprints,
    near_within,
)
from fer_core.names import plain

_NAMED_IDS = 5
#: Beyond this, comparing each picture with each takes minutes: only exact copies are counted.
_NEAR_LIMIT = 60_000


@dataclass(frozen=True, slots=True)
class SplitReport:
    """What one split holds.

    Attributes:
        counts: label → pictures; `expected` likewise, as published, or None where unknown.
        duplicate_groups: sets of two and more equal pictures; `conflicting_groups` of them carry
            different labels; `duplicates` is the number of pictures beyond the first of each.
        near_duplicates: pictures with an equal or nearly equal one before them; None: not counted.
        blank, unreadable: ids of pictures of one grey level, and of files that are no picture.
    """

    name: str
    counts: dict[str, int]
    expected: dict[str, int] | None
    duplicate_groups: int
    duplicates: int
    conflicting_groups: int
    near_duplicates: int | None
    blank: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def total(self) -> int:
        """Pictures in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class CopyReport:
    """How many pictures of `held_out` have an exact, and an exact or near, copy in `other`."""

    held_out: str
    other: str
    exact: int
    near: int | None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Everything that a check found.

    Attributes:
        problems: one sentence each, what is missing, wrong or renamed; empty: as published.
        copies: copies across splits; training leaves them out by itself.
    """

    dataset: str
    path: str
    splits: tuple[SplitReport, ...]
    copies: tuple[CopyReport, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is as published."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """A form for JSON."""
        return {"schema": 1, "ok": self.ok, **asdict(self)}


def check(
    dataset: Dataset,
    path: Path,
    *,
    expected: Mapping[str, Mapping[str, int]],
    problems: Sequence[str] = (),
) -> CheckReport:
    """Reads every picture of every split once.

    Args:
        dataset: what to check.
        path: where it lies, for the report.
        expected: published counts, split → label → pictures; splits may be joined with "+".
        problems: what the loader itself noticed.
    """
    splits = [dataset.load(name) for name in dataset.splits()]
    prints = [fingerprints(split.images, tolerate=True) for split in splits]
    reports = tuple(
        _split_report(split, prints[i], expected.get(split.name)) for i, split in enumerate(splits)
    )
    across = tuple(
        _copy_report(splits[j].name, prints[j], splits[i].name, prints[i])
        for i in range(len(splits))
        for j in range(i + 1, len(splits))
    )
    found = [*problems, *_count_problems(splits, expected), *_file_problems(reports)]
    return CheckReport(dataset.name, str(path), reports, across, tuple(found))


def _split_report(
    split: Split, prints: Fingerprints, expected: Mapping[str, int] | None
) -> SplitReport:
    groups: dict[bytes, set[int]] = {}
    for digest, target in zip(prints.digests, split.targets, strict=True):
        groups.setdefault(digest, set()).add(int(target))
    sizes = Counter(prints.digests)
    repeated = [digest for digest, size in sizes.items() if size > 1 and digest]
    return SplitReport(
        split.name,
        _counts(split),
        None if expected is None else dict(expected),
        len(repeated),
        sum(sizes[digest] - 1 for digest in repeated),
        sum(len(groups[digest]) > 1 for digest in repeated),
        int(near_within(prints).sum()) if len(split) <= _NEAR_LIMIT else None,
        tuple(split.ids[i] for i in np.flatnonzero(prints.blank)),
        tuple(split.ids[i] for i in np.flatnonzero(prints.unreadable)),
    )


def _copy_report(held_out: str, a: Fingerprints, other: str, b: Fingerprints) -> CopyReport:
    compare = len(a.digests) <= _NEAR_LIMIT
    near = int(copies(a, b).sum()) if compare else None
    return CopyReport(held_out, other, int(exact(a, b).sum()), near)


def _counts(split: Split) -> dict[str, int]:
    counts = np.bincount(split.targets, minlength=len(split.labels))
    return {label: int(n) for label, n in zip(split.labels, counts, strict=True)}


def _count_problems(
    splits: Sequence[Split], expected: Mapping[str, Mapping[str, int]]
) -> list[str]:
    found, problems = {split.name: _counts(split) for split in splits}, []
    for names, counts in expected.items():
        parts = names.split("+")
        if missing := [part for part in parts if part not in found]:
            problems.append(f"The split {' and '.join(missing)} is missing.")
            continue
        title = " and ".join(parts)
        for label, wanted in counts.items():
            has = sum(
                sum(found[part].values()) if label == "all" else found[part].get(label, 0)
                for part in parts
            )
            if has != wanted:
                what = "pictures" if label == "all" else f"pictures of {label}"
                problems.append(f"{title} has {has:,} {what}, published are {wanted:,}.")
    return problems


def _file_problems(reports: Sequence[SplitReport]) -> list[str]:
    problems = []
    for report in reports:
        if not report.total:
            problems.append(f"{report.name} is empty.")
        if report.unreadable:
            problems.append(
                f"{report.name} has {len(report.unreadable):,} unreadable files: "
                f"{_some(report.unreadable)}."
            )
    return problems


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED_IDS:,} more" if len(ids) > _NAMED_IDS else ""
    return ", ".join(ids[:_NAMED_IDS]) + more


def format_report(report: CheckReport) -> str:
    """The report as text of several lines, without a newline at its end."""
    lines = [f"{plain(report.dataset)} at {plain(report.path)}", "", *_table(report.splits), ""]
    for split in report.splits:
        near = "not counted" if split.near_duplicates is None else f"{split.near_duplicates:,}"
        lines.append(
            f"{split.name}: {split.duplicates:,} exact duplicates in {split.duplicate_groups:,} "
            f"groups, {split.conflicting_groups:,} of them with different labels; "
            f"{near} exact or near; {len(split.blank):,} blank."
        )
    for pair in report.copies:
        near = "not counted" if pair.near is None else f"{pair.near:,}"
        note = "; training leaves them out" if pair.other == report.splits[0].name else ""
        lines.append(
            f"{pair.held_out}: {pair.exact:,} stand in {pair.other} too, "
            f"{near} with near copies{note}."
        )
    lines.append("")
    if report.ok:
        lines.append("No problems found.")
    else:
        lines += ["Problems:", *(f"- {plain(problem)}" for problem in report.problems)]
    return "\n".join(lines)


def _table(splits: Sequence[SplitReport]) -> list[str]:
    labels = list(splits[0].counts)
    rows = [["", *(split.name for split in splits)]]
    rows += [[label, *(f"{s.counts[label]:,}" for s in splits)] for label in labels]
    rows.append(["all", *(f"{split.total:,}" for split in splits)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(splits) + 1)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
        for row in rows
    ]
