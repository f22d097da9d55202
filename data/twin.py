"""
Make popularity.csv, a synthetic twin of popular2, from class-sums.csv alone.

Per class, pupils are drawn at random on the condition that the sums of their values, squares and
products equal those of popular2. With one grouping factor the likelihoods of the report depend on
the data through these sums only: the twin gives the same estimates, and no row of it was copied.

The bytes are the same on every machine and every Python from 3.11 on. For that

- the algebra is exact, in fractions; popularity is rounded once, when it becomes a float. A
  numerical library orders its sums as the processor suggests, and its last digits follow;
- the only random source is ``random.Random.random``, the one method whose sequence Python
  promises to keep; no logarithm or cosine of the platform's C library turns it into a normal;
- floats are added by ``math.fsum``: the built-in ``sum`` adds them differently since Python 3.12.

References
----------
Burridge, J. (2003). Information preserving statistical obfuscation. Statistics and Computing, 13,
321-327.
Langsrud, Ø. (2019). Information preserving regression-based tools for statistical disclosure
control. Statistics and Computing, 29, 965-976.
"""

import argparse
import csv
import io
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
SEED = 2018
COLUMNS = ("class", "pupil", "extrav", "sex", "texp", "popular")
LOWEST, HIGHEST = 1, 10  # the ends of the extraversion scale
# Draws of a class, and swap steps a draw, before it is given up; popular2 takes at most 3 and 98.
ATTEMPTS, STEPS = 200, 2000

Column = Sequence[Fraction | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSums:
    """What the twin must reproduce for one class: a row of class-sums.csv (see README.md)."""

    label: int
    pupils: int
    texp: int
    sum_extrav: int
    sum_extrav_sq: int
    sum_sex: int
    sum_extrav_sex: int
    sum_popular: Fraction
    sum_popular_sq: Fraction
    sum_extrav_popular: Fraction
    sum_sex_popular: Fraction


class ImpossibleSumsError(ValueError):
    """No class of pupils can have, or was found to have, the sums asked for."""

    def __init__(self, sums: ClassSums, reason: str) -> None:
        super().__init__(f"class {sums.label}: {reason}; correct its row of class-sums.csv")


def read_sums(path: Path) -> tuple[ClassSums, ...]:
    """
    Read class-sums.csv, every figure exactly.

    Raises
    ------
    ValueError
        If a column is missing or a field is not a number.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(_class_sums(row, f"{path}, line {line}") for line, row in enumerate(rows, 2))


def _class_sums(row: dict[str, str], where: str) -> ClassSums:
    figures = {}
    for field in fields(ClassSums):
        name = "class" if field.name == "label" else field.name
        try:
            figures[field.name] = field.type(row[name])
        except (KeyError, TypeError, ValueError) as error:
            kind = "a whole number" if field.type is int else "a number"
            msg = f"{where}: column {name} must hold {kind}, found {row.get(name)!r}"
            raise ValueError(msg) from error
    return ClassSums(**figures)


def normal(rng: Random) -> float:
    """Draw a nearly standard normal number: the sum of twelve uniform ones, less its mean."""
    return math.fsum(rng.random() for _ in range(12)) - 6


def draw_extraversion(sums: ClassSums, sex: Sequence[int], rng: Random) -> list[int]:
    """
    Draw whole-number extraversions, 1-10, with the sums of the class.

    A rounded normal draw around the mean of each gender is moved to the gender's sum by single
    points; then pairs of a gender step one up, one down, until the sum of squares fits.
    """
    totals = (sums.sum_extrav - sums.sum_extrav_sex, sums.sum_extrav_sex)
    genders = [[i for i, s in enumerate(sex) if s == gender] for gender in (0, 1)]
    within = Fraction(sums.sum_extrav_sq)
    for places, total in zip(genders, totals, strict=True):
        if not LOWEST * len(places) <= total <= HIGHEST * len(places):
            raise ImpossibleSumsError(sums, f"extrav of {len(places)} pupils cannot sum to {total}")
        within -= Fraction(total * total, len(places) or 1)
    spread = math.sqrt(max(within, 0) / len(sex))
    for _ in range(ATTEMPTS):
        extrav = [0] * len(sex)
        for places, total in zip(genders, totals, strict=True):
            _fill(extrav, places, total, spread, rng)
        if _reach_squares(extrav, sex, sums.sum_extrav_sq, rng):
            return extrav
    raise ImpossibleSumsError(sums, "found no whole numbers 1-10 with its sums of extrav")


def _fill(extrav: list[int], places: Sequence[int], total: int, spread: float, rng: Random) -> None:
    for i in places:
        drawn = round(total / len(places) + spread * normal(rng))
        extrav[i] = min(HIGHEST, max(LOWEST, drawn))
    while gap := total - sum(extrav[i] for i in places):
        i = places[int(rng.random() * len(places))]
        extrav[i] = min(HIGHEST, max(LOWEST, extrav[i] + (1 if gap > 0 else -1)))


def _reach_squares(extrav: list[int], sex: Sequence[int], target: int, rng: Random) -> bool:
    gap = target - sum(x * x for x in extrav)
    for _ in range(STEPS):
        if gap == 0:
            return True
        up, down = (int(rng.random() * len(extrav)) for _ in range(2))
        change = 2 * (extrav[up] - extrav[down] + 1)
        inside = extrav[up] < HIGHEST and extrav[down] > LOWEST
        if up != down and sex[up] == sex[down] and inside and abs(gap - change) <= abs(gap):
            extrav[up] += 1
            extrav[down] -= 1
            gap -= change
    return False


def dot(left: Column, right: Column) -> Fraction:
    """Return the exact sum of products of two columns."""
    return Fraction(sum(a * b for a, b in zip(left, right, strict=True)))


def project(column: Column, basis: Sequence[Column]) -> tuple[list[Fraction], list[Fraction]]:
    """Return a column's weights on an orthogonal basis, and what the basis leaves of it."""
    weights = [dot(column, known) / dot(known, known) for known in basis]
    return weights, [x - dot(weights, at) for x, *at in zip(column, *basis, strict=True)]


def draw_popularity(sums: ClassSums, extrav: Column, sex: Column, rng: Random) -> list[float]:
    """
    Draw popularities, 0-10 points, with the sums of the class.

    Their least-squares fit on (1, extrav, sex) follows from the sums. Normal residuals, made
    orthogonal to the three columns and scaled to the residual sum of squares, are added to it
    (Burridge 2003; Langsrud 2019), and drawn anew while a popularity falls outside 0-10.
    """
    basis: list[Column] = []
    moments: list[Fraction] = []  # the sums of products of popularity and the basis
    products = (sums.sum_popular, sums.sum_extrav_popular, sums.sum_sex_popular)
    for column, product in zip(([1] * len(sex), extrav, sex), products, strict=True):
        weights, rest = project(column, basis)
        moment = product - dot(weights, moments)
        if any(rest):
            basis.append(rest)
            moments.append(moment)
        elif moment:  # a column that adds nothing, such as sex in a class of girls
            raise ImpossibleSumsError(sums, "its sums with popular contradict each other")
    slopes = [m / dot(known, known) for m, known in zip(moments, basis, strict=True)]
    fitted = [dot(slopes, at) for at in zip(*basis, strict=True)]
    square = sums.sum_popular_sq - dot(slopes, moments)
    if square < 0 or (square > 0 and len(sex) <= len(basis)):
        raise ImpossibleSumsError(sums, f"the residuals of popular square to {float(square):.6g}")
    for _ in range(ATTEMPTS):
        _, noise = project([Fraction(normal(rng)) for _ in sex], basis)
        scale = Fraction(math.sqrt(square / (dot(noise, noise) or 1)))
        popular = [float(f + scale * e) for f, e in zip(fitted, noise, strict=True)]
        if min(popular) >= 0 and max(popular) <= 10:
            return popular
    raise ImpossibleSumsError(sums, "no draw keeps popular inside 0-10")


def draw_class(sums: ClassSums) -> list[tuple[int | float, ...]]:
    """
    Draw the pupils of one class, one tuple of ``COLUMNS`` a pupil.

    Raises
    ------
    ImpossibleSumsError
        If no class can have these sums.
    """
    if not 0 <= sums.sum_sex <= sums.pupils or sums.pupils == 0:
        raise ImpossibleSumsError(sums, f"has {sums.sum_sex} girls among {sums.pupils} pupils")
    # A generator of its own for each class: new figures for one leave the other classes alone.
    rng = Random(1000 * SEED + sums.label)
    order = sorted(range(sums.pupils), key=lambda _: rng.random())
    sex = [int(place < sums.sum_sex) for place in order]
    extrav = draw_extraversion(sums, sex, rng)
    popular = draw_popularity(sums, extrav, sex, rng)
    pupils = enumerate(zip(extrav, sex, popular, strict=True), 1)
    return [(sums.label, pupil, x, s, sums.texp, y) for pupil, (x, s, y) in pupils]


def twin(classes: Sequence[ClassSums]) -> bytes:
    """Return the twin as a CSV file; floats in full, by ``repr``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for sums in classes:
        writer.writerows(draw_class(sums))
    return text.getvalue().encode()


def main(arguments: Sequence[str] | None = None, folder: Path = HERE) -> int:
    """Write popularity.csv, or compare it; return 0, 1 if it differs, 2 if it cannot be made."""
    parser = argparse.ArgumentParser(description="Make popularity.csv from class-sums.csv.")
    parser.add_argument("--check", action="store_true", help="compare with the file; write nothing")
    check = parser.parse_args(arguments).check
    target = folder / "popularity.csv"
    partial = folder / f".popularity.csv.{os.getpid()}"
    try:
        content = twin(read_sums(folder / "class-sums.csv"))
        if not check:
            partial.write_bytes(content)
            partial.replace(target)
        elif not target.exists() or target.read_bytes() != content:
            print(f"{target} is not what twin.py makes; run python data/twin.py", file=sys.stderr)
            return 1
    except (OSError, ValueError) as error:
        print(f"twin.py: {error}", file=sys.stderr)
        return 2
    finally:
        partial.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
