"""One thing has one name: modules, classes, what they are imported as, and the glossary that says which."""

import ast
import importlib
import re
from collections import Counter, defaultdict

from tests.arch.source import ROOT, named, tree_of

FILES = sorted(path for path in (ROOT / "tracker").rglob("*.py") if "migrations" not in path.parts)
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES}
EVERYWHERE = FILES + [
    path for folder in ("tests", "benchmarks") for path in sorted((ROOT / folder).rglob("*.py"))
]

# `now` is an argument of nearly every function: what reads the machine's clock is called by another name.
RENAMED = {("tracker.now", "wall")}

GLOSSARY = re.compile(
    r"^\| (?P<chinese>[^|`]+) \| (?P<code>`[^|]+`) \| (?P<what>[^|]+) \| (?P<other>[^|]*) \|$", re.M
)
ROWS = [match.groupdict() for match in GLOSSARY.finditer((ROOT / "docs/architecture.md").read_text("utf-8"))]
SYMBOLS = sorted(
    {name for row in ROWS for name in re.findall(r"`([\w.]+)`", row["code"])}
    | {name for row in ROWS for name in re.findall(r"`(\w+\.[\w.]+)`", f"{row['what']} {row['other']}")}
)

ALL_PURPOSE = {"words", "found", "said"}  # variables that say nothing of what they hold


def test_the_glossary_is_there():
    assert len(ROWS) > 25


def is_in_the_code(name: str) -> bool:
    parts = ["tracker", *name.split(".")]
    deep = max(
        n
        for n in range(1, len(parts) + 1)
        if (ROOT / "/".join(parts[:n])).is_dir() or ".".join(parts[:n]) in MODULES
    )
    held = importlib.import_module(".".join(parts[:deep]))
    for part in parts[deep:]:
        if part not in vars(held):
            return False
        held = vars(held)[part]
    return True


def test_every_name_of_the_glossary_is_in_the_code():
    assert [name for name in SYMBOLS if not is_in_the_code(name)] == []


def test_no_module_repeats_the_name_of_its_room():
    again = [path for path in FILES if path.stem.startswith(f"{path.parent.name}_")]

    assert [named(path) for path in again] == []


def test_no_two_modules_are_one_word_spelt_two_ways():
    spelt = defaultdict(set)
    for path in FILES:
        spelt[path.stem.replace("_", "").removesuffix("s")].add(path.stem)

    assert [sorted(names) for names in spelt.values() if len(names) > 1] == []


def test_no_two_public_classes_have_one_name():
    names = Counter(
        n.name for tree in map(tree_of, FILES) for n in ast.walk(tree) if isinstance(n, ast.ClassDef)
    )

    assert sorted(name for name, count in names.items() if count > 1 and not name.startswith("_")) == []


def test_a_module_is_imported_under_its_own_name():
    """Or in the plural, or after its room or its floor, where its own name is taken."""
    other = []
    for path in EVERYWHERE:
        for node in ast.walk(tree_of(path)):
            for alias in node.names if isinstance(node, ast.ImportFrom) else ():
                module = f"{node.module}.{alias.name}"
                if module not in MODULES or alias.asname is None or (module, alias.asname) in RENAMED:
                    continue
                *above, name = module.split(".")
                if alias.asname not in {f"{name}s", *(f"{one}_{name}" for one in above[1:])}:
                    other.append(f"{named(path)}: {module} as {alias.asname}")

    assert other == []


def test_no_function_takes_its_values_by_a_name_that_says_nothing():
    taken = [
        f"{named(path)}: {node.name}"
        for path in EVERYWHERE
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and node.args.kwarg and node.args.kwarg.arg in ALL_PURPOSE
    ]

    assert taken == []


def test_every_module_says_what_it_is_for():
    modules = [path for path in FILES if path.name != "__init__.py"]
    silent = [
        path for path in modules if len(ast.get_docstring(tree_of(path)) or "") <= len("What it is for.")
    ]

    assert [named(path) for path in silent] == []


def test_a_variable_says_what_it_holds():
    """A field of a class may be called words where that is what it holds: its class says whose."""
    bound = []
    for path in FILES:
        tree = tree_of(path)
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        fields = {id(each.target) for one in classes for each in one.body if isinstance(each, ast.AnnAssign)}
        for node in ast.walk(tree):
            stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields
            name = node.id if stored else isinstance(node, ast.arg) and node.arg
            if name in ALL_PURPOSE:
                bound.append(f"{named(path)}:{node.lineno} {name}")

    assert bound == []
