"""The shape of the program: a pure domain, small parts, words through gettext, a wheel that is whole."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.arch.source import ROOT, named, tree_of

PACKAGE = ROOT / "tracker"
MODULES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
# The folders of modules: floors and their rooms. Two hold nothing but what joins them (app, hosting; guard, nouns).
ROOMS = sorted({path.parent for path in MODULES if path.name != "__init__.py"} - {PACKAGE, PACKAGE / "web"})
FUNCTION_LINES, FILE_LINES = 50, 450
# Both hold a template: alone, the number of lines is met by packing them, the width by a page that nobody reads through.
TEMPLATE_WIDTH, TEMPLATE_LINES = 120, 150
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
MESSAGE_ALONE = re.compile(
    r"""\s*(\{\{-? )?(\w+=)?(_\()?(["']).*\4\)?,?( -?\}\})?"""
)  # a message is one string
CHINESE = re.compile(r"[\u4e00-\u9fff]")
IMPURE = "flask,werkzeug,jinja2,sqlalchemy,flask_sqlalchemy,apscheduler,smtplib"


def test_the_domain_loads_where_flask_and_sqlalchemy_cannot_be_imported():
    code = f"""
import sys, pkgutil, importlib
for name in {IMPURE!r}.split(","):
    sys.modules[name] = None
import tracker.domain
for module in pkgutil.iter_modules(tracker.domain.__path__, "tracker.domain."):
    importlib.import_module(module.name)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr


def test_no_file_and_no_function_has_grown_too_long():
    functions = [
        (path, n) for path in MODULES for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef)
    ]

    assert [named(path) for path in MODULES if len(lines_of(path)) > FILE_LINES] == []
    long = [(path, f) for path, f in functions if f.end_lineno - f.lineno > FUNCTION_LINES]
    assert [f"{named(path)}: {f.name}" for path, f in long] == []


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_every_room_has_tests_of_its_own():
    mirrored = [ROOT / "tests" / room.relative_to(PACKAGE) for room in ROOMS]

    assert [f"{named(folder)}/test_….py" for folder in mirrored if not list(folder.glob("test_*.py"))] == []


def test_a_template_is_laid_out_for_reading():
    """One that is too long is split by what its parts show: _name.html."""
    wide = [
        f"{named(path)}:{n}"
        for path in TEMPLATES
        for n, line in enumerate(lines_of(path), 1)
        if len(line) > TEMPLATE_WIDTH and not MESSAGE_ALONE.fullmatch(line)
    ]

    assert wide == []
    assert [named(path) for path in TEMPLATES if len(lines_of(path)) > TEMPLATE_LINES] == []


def test_every_word_of_a_page_goes_through_gettext():
    bare = {
        named(path): CHINESE.findall(without_code(path.read_text(encoding="utf-8")))
        for path in TEMPLATES
        if path.suffix == ".html"
    }

    assert {path: characters for path, characters in bare.items() if characters} == {}


def without_code(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)


def test_no_file_names_a_registry_or_a_path_of_some_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    words = re.compile(r"https?://[^\s\"')]*(pypi|pythonhosted)|/root/|/home/\w|\.\./shared")
    paths = [ROOT / name for name in tracked.stdout.split()]
    kept = (".py", ".md", ".toml", ".lock", ".html", ".css", ".js")
    texts = [p for p in paths if p.suffix in kept and p.exists() and p != Path(__file__).resolve()]
    found = [named(p) for p in texts if words.search(p.read_text(encoding="utf-8"))]

    assert found == []


def test_a_wheel_holds_the_pages_and_runs_from_another_folder(tmp_path):
    build = "import hatchling.build as b, sys; print(b.build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    wheel = tmp_path / made.stdout.split()[-1]
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)

    code = """
import re
from tracker.app import create_app
from tracker.config import templates
from tracker.services.operations import setup
from tracker.now import now
app = create_app()
with app.app_context():
    setup.initialise(None, fallback="x", now=now())
page = app.test_client().get("/sign-in")
assert page.status_code == 200, page.status_code
assert app.test_client().get("/static/tracker.css").status_code == 200
print(templates())
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site), "TRACKER_INSTANCE": str(tmp_path / "office"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == str(site / "tracker" / "templates")
