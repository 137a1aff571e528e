"""Prove at length what the tests prove in short: python3 dev.py proof [PART …]; writes docs/proof.md.

One row a part: another part is another row of PARTS. Each returns its figures in words and whether they are
as they should be; a part that fails says so in the file and in the exit status.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "docs" / "proof.md"
RESULTS = ROOT / "benchmarks" / "proof.json"
HISTORIES = FIELDS = 10_000
PROPERTY_EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "1000"))  # of each property
PAGES = 12  # that read a damaged table
KILLS = 75  # of each act on each database
MUTATED = ("clock", "calendar", "consultation", "duty", "outcome", "table3", "fee", "mixed")
# What tells a mutant: the examples of the domain. Their time is what the whole part costs, times the mutants.
JUDGES = "tests/domain"
ENOUGH = 0.85  # of the mutants; one that nobody ran counts as not killed


@dataclass(frozen=True)
class Said:
    """What a part found."""

    good: bool
    words: str


@dataclass(frozen=True)
class Part:
    """A part of the proof: its name on the command line, what it proves, what runs it."""

    name: str
    proves: str
    run: Callable[[], Said]


def histories() -> Said:
    """Hold the program against the independent clock."""
    sys.path.insert(0, str(ROOT))
    from tests.domain.case.test_independent_clock import disagreement

    wrong = [seed for seed in range(HISTORIES) if disagreement(seed)]
    return Said(not wrong, f"{HISTORIES:,} histories, {len(wrong)} disagreements{_first(wrong)}")


def _first(found: list[Any]) -> str:
    return f" ({', '.join(map(str, found[:5]))})" if found else ""


def properties() -> Said:
    """Run the property tests with many more examples, freshly drawn."""
    said = _pytest("tests/properties", PROOF_EXAMPLES=str(PROPERTY_EXAMPLES))
    return Said(said.good, f"{PROPERTY_EXAMPLES:,} examples of each: {said.words}")


def databases() -> Said:
    """Run the tests that the suite runs on one of two databases on the other."""
    rooms = os.environ.get("PROOF_ROOMS", "tests").split()
    said = _pytest(*rooms, "-n", str(os.cpu_count() or 1), "--databases", "other")
    return Said(said.good, f"{', '.join(rooms)}: {said.words}")


def damaged() -> Said:
    """Damage each table of an office in turn and open many of the pages that read it."""
    return _pytest("tests/services/operations/test_damaged_values.py", PROOF_PAGES=str(PAGES))


def killed_year() -> Said:
    """Live a year of jobs with processes that are killed."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import year

    try:
        return Said(True, year.prove())
    except (AssertionError, TimeoutError, OSError) as error:
        return Said(False, f"{type(error).__name__}: {error}")


def _pytest(*paths: str, **environ: str) -> Said:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    if run.returncode:
        print(run.stdout, flush=True)
    return Said(run.returncode == 0, (run.stdout.strip().splitlines() or ["nothing was said"])[-1])


def kills() -> Said:
    """Kill restores and backups at any moment, on both databases."""
    said = _pytest("-p", "no:randomly", "tests/jobs/test_restore_kills.py", PROOF_KILLS=str(KILLS))
    return Said(said.good, f"{KILLS} kills of each of 2 acts on each of 2 databases: {said.words}")


def mutation() -> Said:
    """Change the domain's code in small ways, in a copy, and see that a test notices each."""
    with tempfile.TemporaryDirectory(prefix="tracker-mutation-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "instance", "mutants"))
        (copy / "setup.cfg").write_text(_mutmut_settings(), encoding="utf-8")
        environ = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": ""}
        words = {"cwd": copy, "env": environ, "capture_output": True, "text": True}
        subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", "2"], check=False, **words)
        told = subprocess.run(
            [sys.executable, "-m", "mutmut", "results", "--all", "true"], check=False, **words
        )
    return _judged(told.stdout)


def _mutmut_settings() -> str:
    found = [path for name in MUTATED for path in (ROOT / "tracker" / "domain").rglob(f"{name}.py")]
    only = "\n".join(f"    {path.relative_to(ROOT).as_posix()}" for path in found)
    also = "\n".join(f"    {name}" for name in ("tracker", "tests", "templates", "pyproject.toml"))
    return (
        "[mutmut]\npaths_to_mutate=tracker/domain\n"
        f"only_mutate=\n{only}\nalso_copy=\n{also}\n"
        f"pytest_add_cli_args_test_selection=\n    {JUDGES}\n"
        "pytest_add_cli_args=\n    -p\n    no:randomly\n"
    )


def _judged(told: str) -> Said:
    """Read mutmut's list: ``module.function__mutmut_n: killed``."""
    found = re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", told, flags=re.MULTILINE)
    if not found:
        return Said(False, "mutmut told nothing")
    kinds: dict[str, list[str]] = {}
    for name, kind in found:
        kinds.setdefault(kind.strip(), []).append(name)
    survived = kinds.get("survived", [])
    figures = ", ".join(f"{len(names)} {kind}" for kind, names in sorted(kinds.items()))
    (ROOT / "benchmarks" / "survivors.txt").write_text("\n".join(survived) + "\n", encoding="utf-8")
    killed = len(kinds.get("killed", [])) / len(found)
    return Said(killed > ENOUGH, f"{len(found)} mutants of {', '.join(MUTATED)}: {figures}")


def letters() -> Said:
    """Fill our templates with nasty facts and read what comes out by other readers."""
    sys.path.insert(0, str(ROOT))
    from tests.nasty_letters import facts, faults

    filled, seed, wrong = 0, 0, []
    while filled < FIELDS:
        filled += len(facts(seed)[1])
        wrong += faults(seed)
        seed += 1
    words = f"{filled:,} fields in {seed} letters, {len(wrong)} faults"
    return Said(not wrong, f"{words}{_first(wrong)}")


def linear() -> Said:
    """Time the readers of foreign text on crafted texts of n, 2n and 4n."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import linear

    return Said(*linear.measure())


def looks() -> Said:
    """Look at every kind of page in three widths, light and dark, in both languages; axe must find nothing.

    For PROOF_MINUTES; the next run of the same version goes on where this one ended.
    """
    commit = re.sub(r"\W+", "-", version())
    seen = Path(tempfile.gettempdir()) / f"tracker-looks-{commit}.jsonl"
    said = _pytest("tests/server/test_pages.py", "-k", "fits_every_window", "-n", "2", PROOF_LOOKS=str(seen))
    if not seen.with_suffix(".count").exists():
        return said  # it failed before it looked at anything
    seen.touch()
    looked = [json.loads(line)[-1] for line in seen.read_text(encoding="utf-8").splitlines()]
    every = int(seen.with_suffix(".count").read_text(encoding="utf-8"))
    by_look = Counter(f"{width} {scheme} {language}" for width, scheme, language in looked)
    part = "" if len(looked) == every else ": " + ", ".join(f"{n} {look}" for look, n in by_look.items())
    words = f"{len(looked):,} of {every:,} views good{part}; {said.words}"
    return Said(said.good and not part, words)


def letters_read() -> Said:
    """Read letters made as pictures, and count what was suggested."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import scans

    return Said(*scans.measure())


PARTS = (
    Part("histories", "the clock agrees with one written from the law alone", histories),
    Part("properties", "what holds for every term, ledger and office", properties),
    Part("databases", "what holds on one database holds on the other", databases),
    Part("damaged", "a damaged row of any table stops no page and no file", damaged),
    Part("year", "a process that is killed loses no day and does none twice", killed_year),
    Part("kills", "a restore or a backup that is killed loses nothing", kills),
    Part("mutation", "a small change of the law is noticed by a test", mutation),
    Part("letters", "10,000 nasty fields make no broken letter and none of them is lost", letters),
    Part("letters-read", "a picture of a letter suggests what stands in it, or nothing", letters_read),
    Part("linear", "a crafted text of 1 MB is read within 2 s, twice the text in twice the time", linear),
    Part("looks", "axe finds nothing and nothing overflows, on every kind of page in six looks", looks),
)


def main() -> int:
    """Run the parts named, or all; keep the last result of each and write them down."""
    wanted = sys.argv[1:] or [part.name for part in PARTS]
    bad = 0
    for part in PARTS:
        if part.name in wanted:
            start = time.perf_counter()
            said = part.run()
            bad += not said.good
            seconds = round(time.perf_counter() - start)
            print(f"{part.name}: {'good' if said.good else 'BAD'}: {said.words} ({seconds} s)", flush=True)
            when = {"on": datetime.now(UTC).date().isoformat(), "version": version(), "seconds": seconds}
            keep(part.name, {**when, "good": said.good, "words": said.words})
    return 1 if bad else 0


def keep(part: str, found: dict[str, object]) -> None:
    """Write a result among those that are known: a later part may be stopped, another may run beside it."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept[part] = found
    RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write(kept)


def version() -> str:
    """Return the version of the program and, in a checkout, its commit."""
    number = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    git = shutil.which("git")
    told = [git, "rev-parse", "--short", "HEAD"] if git else [sys.executable, "-c", ""]
    commit = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=False)
    return f"{number} ({commit.stdout.strip()})" if commit.stdout.strip() else number


def write(kept: dict[str, dict[str, object]]) -> None:
    """Put the figures into the table of docs/proof.md; what people wrote around it stays."""
    rows = ["| part | proves | result | figures | seconds | on | version |", "|---|---|---|---|---|---|---|"]
    for part in PARTS:
        if found := kept.get(part.name):
            good = "good" if found["good"] else "**not good**"
            cells = (
                part.name,
                part.proves,
                good,
                found["words"],
                found["seconds"],
                found["on"],
                found["version"],
            )
            rows.append(f"| {' | '.join(map(str, cells))} |")
    begin, end = "<!-- last result -->", "<!-- end -->"
    text = RESULT.read_text(encoding="utf-8")
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    RESULT.write_text(f"{before}{begin}\n" + "\n".join(rows) + f"\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
