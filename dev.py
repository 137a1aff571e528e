#!/usr/bin/env python3
"""Set-up without anything but Python 3.11 or newer.

python3 dev.py run [--demo] [serve options]   install, migrate, serve (sample data with --demo)
python3 dev.py test [pytest arguments]        install what the tests need, then run every check
python3 dev.py check                          every check, on what is installed
python3 dev.py bench [PART …] | proof         what is long and never part of the tests
python3 dev.py words                          the messages that have no English yet
python3 dev.py pictures                       take the pictures of the guide from the sample office
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
UV = "uv==0.13.9"
RUN_LOCK, TEST_LOCK = ROOT / "requirements.lock", ROOT / "requirements-test.lock"
BUILD_LOCK = ROOT / "requirements-build.lock"  # what builds the project, and is gone once it is built
# The browser without windows opens a page in a quarter of the time; the whole one serves where it is missing.
HEADLESS = "chromium-headless-shell"
CHROMIUM_PACKAGES = ["chromium", "fonts-noto-cjk"]
DOVECOT_PACKAGES = ["dovecot-imapd"]  # a mailbox for the tests; no wheel brings a server that is looked after
# What draws PDF files and pictures with Chinese characters; a wheel cannot bring it.
PANGO_PACKAGES = [
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-noto-cjk",
    "fontconfig",
]

WORKERS = min((os.cpu_count() or 1) + 1, 6)  # one more than can run: some tests wait for a server

ORDER = 20261127  # of the tests: mixed, and the same each time, so that what fails fails for everybody
PYTEST = ["-m", "pytest", "-q", "-n", str(WORKERS), "--dist", "worksteal"]
CHECKS = [
    ["-m", "ruff", "format", "--check", "."],
    ["-m", "ruff", "check", "."],
    ["-m", "mypy"],
    ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    [*PYTEST, f"--randomly-seed={ORDER}"],
]


def run(*command: object, **options: object) -> None:
    """Run a command and show it; stop with its status where it fails."""
    words = [str(word) for word in command]
    print("+", " ".join(words), flush=True)
    status = subprocess.call(words, cwd=ROOT, env=environment(), **options)
    if status:
        sys.exit(status)


def environment() -> dict[str, str]:
    """Return the environment of every command: UTF-8, and compiled modules kept, whatever the system says."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONUTF8": "1"}


def install(lock: Path) -> None:
    """Install a lock file and the project into .venv, unless that was done since it changed."""
    stamp = VENV / f".installed-{lock.stem}"
    sources = (lock, ROOT / "pyproject.toml")
    if stamp.exists() and all(stamp.stat().st_mtime > file.stat().st_mtime for file in sources):
        return
    if not PYTHON.exists():
        print(f"+ make {VENV}", flush=True)
        venv.create(VENV, with_pip=True, symlinks=not WINDOWS)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not shutil.which("uv", path=str(BIN)):
        run(*pip, UV)
    uv = [
        shutil.which("uv", path=str(BIN)),
        "pip",
        "install",
        "--quiet",
        "--compile-bytecode",
        "--python",
        PYTHON,
    ]
    run(*uv, "--require-hashes", "-r", lock)
    run(*uv, "--no-deps", "--build-constraints", BUILD_LOCK, "-e", ".")
    stamp.touch()


def may_apt() -> bool:
    """Return whether Debian's packages can be installed without asking anybody."""
    return bool(shutil.which("apt-get")) and hasattr(os, "geteuid") and os.geteuid() == 0


def apt(packages: list[str]) -> int:
    """Install Debian packages; return the status of the last command."""
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    print("+ apt-get install", " ".join(packages), flush=True)
    subprocess.call(["apt-get", "update", "-q"], **quiet)
    return subprocess.call(["apt-get", "install", "-yq", "--no-install-recommends", *packages], **quiet)


def pango() -> None:
    """Install what PDF files need where it is missing and we may; else say that they will be refused."""
    there = subprocess.call([str(PYTHON), "-c", "import weasyprint"], stderr=subprocess.DEVNULL) == 0
    fonts = bool(shutil.which("fc-list")) and subprocess.getoutput("fc-list :lang=zh-cn")
    if (there and (fonts or WINDOWS)) or (may_apt() and apt(PANGO_PACKAGES) == 0):
        return
    print(f"PDF files need: sudo apt-get install {' '.join(PANGO_PACKAGES)}", flush=True)


def _first(names: list[str]) -> str | None:
    """Return where the first of the programs is that there is."""
    return next((path for name in names if name and (path := shutil.which(name))), None)


def chromium() -> None:
    """Name the browser for the tests, installing Debian's where there is none and we may."""
    found = _first([os.environ.get("CHROMIUM", ""), HEADLESS])
    if found is None and may_apt():
        apt([HEADLESS, "fonts-noto-cjk"])
        found = shutil.which(HEADLESS)
    found = found or _first(["chromium", "chromium-browser", "google-chrome"])
    if found is None and may_apt():
        apt(CHROMIUM_PACKAGES)
        found = shutil.which("chromium")
    if found is None:
        sys.exit(f"The browser tests need: sudo apt-get install {' '.join(CHROMIUM_PACKAGES)}")
    os.environ["CHROMIUM"] = found


def dovecot() -> None:
    """Have the mail server that the tests fetch mail from, and let it run in their hands alone."""
    beside = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]
    if shutil.which("dovecot", path=os.pathsep.join([os.environ.get("PATH", ""), *beside])):
        return
    os.environ["SYSTEMD_OFFLINE"] = "1"  # it is not started as a service
    installed = may_apt() and apt(DOVECOT_PACKAGES) == 0
    if installed and shutil.which("systemctl"):
        off = ["systemctl", "--quiet", "disable", "dovecot.service", "dovecot.socket"]
        subprocess.call(off, stderr=subprocess.DEVNULL)
    del os.environ["SYSTEMD_OFFLINE"]
    if not installed:
        sys.exit(f"The tests of the mailbox need: sudo apt-get install {' '.join(DOVECOT_PACKAGES)}")


def serve(arguments: list[str]) -> None:
    """Install, make or migrate the office, fill the sample if asked, serve."""
    install(RUN_LOCK)
    pango()
    tracker = BIN / ("tracker.exe" if WINDOWS else "tracker")
    run(tracker, "init")
    if "--demo" in arguments:
        arguments.remove("--demo")
        # Filled already: the command says so, and the office is served as it is.
        subprocess.call([str(tracker), "demo"], cwd=ROOT, env=environment())
    run(tracker, "serve", *arguments)


def check(pytest_arguments: list[str]) -> None:
    """Run the one list of checks; with arguments, pytest alone and in an order of its own."""
    for arguments in [[*PYTEST, *pytest_arguments]] if pytest_arguments else CHECKS:
        run(PYTHON, *arguments)


def main() -> None:
    """Read the command."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file meets older ones first)
        sys.exit("Python 3.11 or newer is needed / 需要 Python 3.11 以上版本")
    command, rest = (sys.argv[1:2] or ["run"])[0], sys.argv[2:]
    if command == "run":
        serve(rest)
    elif command in ("test", "check"):
        if command == "test":
            install(TEST_LOCK)
            pango()
        chromium()
        dovecot()
        check(rest)
    elif command in ("bench", "proof", "words", "pictures"):
        install(TEST_LOCK)
        if command == "pictures":
            chromium()
        run(PYTHON, f"benchmarks/{command}.py", *rest)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
