"""
Make sleep.csv: simulated nights of 42 persons, their hours of sleep and of screen time.

Nobody was measured. Each person has a level, a slope of sleep on screen time and a usual screen
time of their own, drawn at random; persons with more screen time sleep longer, as if they had more
spare time, so that one line for all nights is flatter than the lines of the persons.

The bytes are the same on every machine and every Python from 3.11 on: the only random source is
``random.Random.random``, the one method whose sequence Python promises to keep, floats are added by
``math.fsum``, and no function of the platform's C library is called.
"""

import argparse
import csv
import io
import math
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
SEED = 2022
COLUMNS = ("person", "night", "screen", "caffeine", "sleep")
PERSONS = 42
FEWEST, MOST = 7, 21  # nights of a person
LOST = 9  # nights whose screen time was not recorded

# Hours of sleep, at the average screen time of 2.2 hours and without caffeine.
LEVEL, LEVEL_DEVIATION = 7.5, 0.5
# Hours of sleep per hour of screen time, within persons; and between persons in addition to that.
SLOPE, SLOPE_DEVIATION, BETWEEN = -0.32, 0.18, 0.4
# Correlation of level and slope: who sleeps long loses more.
CORRELATION = -0.3
SCREEN, SCREEN_BETWEEN, SCREEN_WITHIN, LONGEST = 2.2, 0.8, 1.1, 5.0
CAFFEINE = {"none": 0.0, "afternoon": -0.15, "evening": -0.5}
NIGHT_DEVIATION = 0.65


def normal(rng: Random) -> float:
    """Draw a nearly standard normal number: the sum of twelve uniform ones, less its mean."""
    return math.fsum(rng.random() for _ in range(12)) - 6


def nights(person: int) -> Iterator[tuple[str, int, float, str, float]]:
    """Yield the nights of a person, a tuple of ``COLUMNS`` each; hours."""
    # A generator of its own for each person: another number of persons leaves these alone.
    rng = Random(1000 * SEED + person)
    usual = SCREEN + SCREEN_BETWEEN * normal(rng)
    first, second = normal(rng), normal(rng)
    level = LEVEL + LEVEL_DEVIATION * first + BETWEEN * (usual - SCREEN)
    rest = math.sqrt(1 - CORRELATION**2)
    slope = SLOPE + SLOPE_DEVIATION * (CORRELATION * first + rest * second)
    without = 0.2 + 0.6 * rng.random()  # share of nights without caffeine
    for night in range(1, FEWEST + int(rng.random() * (MOST - FEWEST + 1)) + 1):
        screen = round(min(LONGEST, max(0.0, usual + SCREEN_WITHIN * normal(rng))), 1)
        drawn = rng.random()
        late = without + (1 - without) * 2 / 3
        caffeine = "none" if drawn < without else "afternoon" if drawn < late else "evening"
        expected = level + slope * (screen - SCREEN) + CAFFEINE[caffeine]
        sleep = round(expected + NIGHT_DEVIATION * normal(rng), 2)
        yield f"P{person:02}", night, screen, caffeine, sleep


def simulated() -> bytes:
    """Return the nights as a CSV file; a screen time that was not recorded is an empty field."""
    rows = [night for person in range(1, PERSONS + 1) for night in nights(person)]
    rng = Random(SEED)
    lost = set(sorted(range(len(rows)), key=lambda _: rng.random())[:LOST])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place, (person, night, screen, caffeine, sleep) in enumerate(rows):
        known = "" if place in lost else f"{screen:.1f}"
        writer.writerow((person, night, known, caffeine, f"{sleep:.2f}"))
    return text.getvalue().encode()


def main(arguments: Sequence[str] | None = None, folder: Path = HERE) -> int:
    """Write sleep.csv, or compare it; return 0, 1 if it differs, 2 if it cannot be written."""
    parser = argparse.ArgumentParser(description="Make sleep.csv by simulation.")
    parser.add_argument("--check", action="store_true", help="compare with the file; write nothing")
    check = parser.parse_args(arguments).check
    target = folder / "sleep.csv"
    partial = folder / f".sleep.csv.{os.getpid()}"
    content = simulated()
    try:
        if not check:
            partial.write_bytes(content)
            partial.replace(target)
        elif not target.exists() or target.read_bytes() != content:
            print(f"{target} is not what sleep.py makes; run python data/sleep.py", file=sys.stderr)
            return 1
    except OSError as error:
        print(f"sleep.py: {error}", file=sys.stderr)
        return 2
    finally:
        partial.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
