"""Settings: defaults → instance/config.toml → TRACKER_*. An unknown key stops the start."""

import ipaddress
import os
import re
import secrets
import sqlite3
import stat
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tracker.domain.case import rules
from tracker.domain.case.rules import OF_AGENCY, DatedPractice, PracticeValue, Value

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TRACKER_"
CONTROL = frozenset({"TRACKER_INSTANCE"})  # where to look, not what to do
KEY_BYTES = 32
CONNECT_SECONDS = 5  # that a database may take to say whether it is empty
PORTS = range(65536)
UNNAMED = "本机关"  # what an office is called until it has its name
KEY_FILE = "secret.key"  # left open it stops the start: somebody may have read it
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ConfigError(Exception):
    """A setting is unknown or impossible; the text names its key and where it stands."""


@dataclass(frozen=True, slots=True)
class Former:
    """A value that older versions kept as a setting: the practice (domain/case/rules) is rows now.

    agency: the code of the agency whose own it is; None, the whole deployment's. where: what says so.
    """

    key: str
    value: Value
    agency: str | None
    where: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of an office, with its default. Units are in the comments."""

    instance: Path
    secret_key: bytes = field(repr=False)
    database_url: str
    agency_name: str = UNNAMED
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 4
    secure_cookies: bool = False  # left out: true where base_url is https
    trusted_proxies: str = ""  # addresses or networks of our own web servers in front
    idle_minutes: int = 30
    session_hours: int = 12  # after which everybody signs in again
    page_size: int = 50  # rows of a list
    upload_megabytes: int = 10  # of a photograph or scan
    reading_megabytes: int = 512  # memory of the process that reads a foreign file
    reading_seconds: int = 60  # that it may take; half of it is the processor's
    reading_at_once: int = 2  # foreign files that are read side by side
    night_hour: int = 2  # copies and inspections
    morning_hour: int = 8  # when people are told
    backup_folder: str = ""  # empty: backups/ in the instance folder
    backup_keep: int = 30  # daily copies
    smtp_host: str = ""  # empty: no mail leaves
    smtp_port: int = 587
    smtp_security: str = "starttls"  # or "ssl", "none"
    smtp_login: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_ca_file: str = ""  # trusted beside the system's certificates
    mail_from: str = ""  # the sender's address
    base_url: str = ""  # of the office's pages, for links in mails
    channel_schemes: str = "wecombot dingtalk feishu"  # channels beside mail
    channel_hosts: str = ""  # host:port that a channel may reach beside public https
    mail_from_hour: int = 8  # nobody is written to before
    mail_until_hour: int = 18  # nor from then on
    testing: bool = False
    former: tuple[Former, ...] = ()  # what is practice now, and rows of the database

    @property
    def former_practice(self) -> DatedPractice:
        """The deployment's practice as the settings say it, for where no rows say it yet."""
        ours = [each for each in self.former if each.agency is None]
        return DatedPractice(PracticeValue(each.key, each.value, date.min) for each in ours)

    @property
    def channels(self) -> frozenset[str]:
        return frozenset(self.channel_schemes.split())

    @property
    def own_hosts(self) -> frozenset[str]:
        return frozenset(self.channel_hosts.lower().split())


_LIMITS: dict[str, tuple[int, int]] = {
    "port": (0, PORTS.stop - 1),
    "threads": (1, 64),
    "idle_minutes": (1, 24 * 60),
    "session_hours": (1, 24 * 7),
    "page_size": (5, 500),
    "smtp_port": (1, PORTS.stop - 1),
    "mail_from_hour": (0, 23),
    "mail_until_hour": (1, 24),
    "night_hour": (0, 23),
    "morning_hour": (0, 23),
    "backup_keep": (1, 3660),
    "upload_megabytes": (1, 15),
    "reading_megabytes": (128, 16_384),
    "reading_seconds": (5, 600),
    "reading_at_once": (1, 16),
}
# What a setting that is a text must look like, and how that is said.
_SHAPES = {
    "smtp_security": (r"starttls|ssl|none", "应为 starttls、ssl、none 之一"),
    "smtp_host": (r"\S*", "应为主机名"),
    "mail_from": (r"|[^\s@<>]+@[^\s@<>]+", "应为一个邮箱地址"),
    "base_url": (r"|https?://[^\s\"'<>]+", "应以 http:// 或 https:// 开头"),
    "channel_schemes": (r"([a-z][a-z0-9+.-]* *)*", "应为以空格分开的渠道名，如 wecombot dingtalk"),
    "channel_hosts": (r"[\w.\[\]: -]*", "应为以空格分开的 主机:端口，如 10.1.2.3:8080"),
}
_MADE = ("instance", "secret_key", "former")  # not settable by their names
KEYS = {f.name: f for f in fields(Settings) if f.name not in _MADE}


def templates() -> Path:
    """Return the folder of pages and mails: beside the package in a checkout, inside it in a wheel."""
    here = Path(__file__).resolve().parent
    beside = here.parent / "templates"
    return beside if (beside / "base.html").exists() else here / "templates"


def instance_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of this office: TRACKER_INSTANCE, else ``instance`` beside the code.

    An installed wheel has no such folder beside it: there it is ``instance`` of the current one.
    """
    named = (os.environ if environ is None else environ).get("TRACKER_INSTANCE")
    if named:
        return Path(named).resolve()
    home = ROOT if (ROOT / "wsgi.py").exists() else Path.cwd()
    return home / "instance"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the office. Nothing is made: folder and key are made with the office.

    Raises ConfigError naming the key that is unknown or impossible.
    """
    environ = os.environ if environ is None else environ
    instance = instance_folder(environ)
    values = _from_file(instance / "config.toml")
    former = list(_of_agencies(*values.pop("agency", ({}, ""))))
    values |= _from_environment(environ)
    checked = {key: _check(key, value, where) for key, (value, where) in values.items()}
    former += [Former(key, checked.pop(key), None, values[key][1]) for key in values if key in rules.KEYS]
    _close(instance)
    database = f"sqlite:///{instance / 'tracker.sqlite3'}"
    checked["database_url"] = _driver(checked.get("database_url") or database)
    checked.setdefault("secure_cookies", checked.get("base_url", "").startswith("https://"))
    key = secret_key(instance, is_new=lambda: is_empty(checked["database_url"]))
    return Settings(instance=instance, secret_key=key, former=tuple(former), **checked)


def _of_agencies(tables: Any, where: str) -> Iterator[Former]:
    """Yield what the tables ``[agency."code"]`` set; raise ConfigError naming what cannot be."""
    if not isinstance(tables, dict) or not all(isinstance(own, dict) for own in tables.values()):
        raise ConfigError(f'{where}：agency 应写作 [agency."机关代码"] 的表。')
    for code, own in tables.items():
        place = f'{where} 的 [agency."{code}"]'
        if unknown := sorted(own.keys() - OF_AGENCY):
            known = "、".join(sorted(OF_AGENCY))
            raise ConfigError(f"{place}：没有设置项“{unknown[0]}”。一个机关可以自己设置的：{known}。")
        for key, value in own.items():
            yield Former(key, _check(key, value, place), code, place)


def is_empty(url: str) -> bool | None:
    """Return whether the database holds no office; None where it cannot be asked. Asking makes nothing."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return not path.is_file() or path.stat().st_size == 0 or _holds_nothing(path)
    import psycopg  # an office in a file never needs it

    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(address, connect_timeout=CONNECT_SECONDS) as connection:
            row = connection.execute("SELECT to_regclass('alembic_version') IS NULL").fetchone()
    except psycopg.Error:
        return None
    return bool(row and row[0])


def _holds_nothing(path: Path) -> bool:
    """Return whether an SQLite file has no table: a program that only looked may have left one."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,))
    except sqlite3.Error:
        return False


OTHERS = stat.S_IRWXG | stat.S_IRWXO


def _close(instance: Path) -> None:
    """Keep the office's folder and what it holds its owner's alone.

    Whatever this process makes from now on is its owner's alone: database, log, uploads, copies,
    locks. What an older version left open, or a person put there, is closed; the folder's content
    once, with the folder itself, the files right in it at each start.
    """
    os.umask(OTHERS)
    if sys.platform == "win32" or not instance.is_dir():
        return
    was_open = instance.stat().st_mode & OTHERS
    for path in (*(instance.rglob("*") if was_open else instance.iterdir()), instance):
        with suppress(PermissionError, FileNotFoundError):  # another user's; gone meanwhile
            mode = path.lstat().st_mode
            if mode & OTHERS and not stat.S_ISLNK(mode) and path.name != KEY_FILE:
                path.chmod(stat.S_IMODE(mode) & ~OTHERS)


def _from_file(path: Path) -> dict[str, tuple[Any, str]]:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}：不是有效的 TOML 文件：{error}") from error
    return {key: (value, str(path)) for key, value in found.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    found: dict[str, tuple[Any, str]] = {}
    for name, text in environ.items():
        if name.startswith(PREFIX) and name not in CONTROL:
            key = name.removeprefix(PREFIX).lower()
            found[key] = (_parse(key, text, name), f"环境变量 {name}")
    return found


def _parse(key: str, text: str, name: str) -> Any:
    if key not in KEYS and key not in rules.KEYS:
        return text
    wanted = _type(key)
    if wanted is int:
        try:
            return int(text)
        except ValueError as error:
            raise ConfigError(f"环境变量 {name}：设置 {key} 应为整数，现为“{text}”。") from error
    if wanted is bool:
        words = {"1": True, "true": True, "0": False, "false": False}
        if text.lower() not in words:
            raise ConfigError(f"环境变量 {name}：设置 {key} 应为 true 或 false，现为“{text}”。")
        return words[text.lower()]
    return text


def _check(key: str, value: Any, where: str) -> Any:
    if key not in KEYS and key not in rules.KEYS:
        known = "、".join(sorted(KEYS))
        raise ConfigError(f"{where}：没有设置项“{key}”。可用的设置项：{known}。")
    kind = _type(key)
    if type(value) is not kind:
        raise ConfigError(f"{where}：设置 {key} 应为 {kind.__name__}，现为“{value}”。")
    words = _impossible(key, value)
    if words:
        raise ConfigError(f"{where}：设置 {key} {words}，现为“{value}”。")
    return value


def _type(key: str) -> type:
    wanted = (rules.KEYS.get(key) or KEYS[key]).type
    return wanted if isinstance(wanted, type) else {"int": int, "bool": bool, "str": str}[wanted]


def _impossible(key: str, value: Any) -> str:
    """Return what the value should have been, empty where it is possible."""
    if key in rules.KEYS:
        return rules.refusal(key, value)
    low, high = _LIMITS.get(key, (0, 0))
    if key in _LIMITS and not low <= value <= high:
        return f"应在 {low} 与 {high} 之间"
    if key in _SHAPES and not re.fullmatch(_SHAPES[key][0], value):
        return _SHAPES[key][1]
    if key in _READERS and not _reads(_READERS[key][0], value):
        return _READERS[key][1]
    if key == "database_url" and urlsplit(value).scheme.split("+")[0] not in ("sqlite", "postgresql"):
        return "应以 sqlite: 或 postgresql: 开头"
    return ""


def networks_of(text: str) -> tuple[Network, ...]:
    """Return the addresses and networks of a text; raise ValueError where one is none."""
    return tuple(ipaddress.ip_network(word) for word in text.split())


_READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "trusted_proxies": (networks_of, "应为以空格分开的地址或网段，如 127.0.0.1 10.0.0.0/8"),
}


def _reads(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True


def _driver(url: str) -> str:
    """Name the driver: SQLAlchemy would read ``postgresql:`` as an older one."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def secret_key(instance: Path, name: str = KEY_FILE, *, is_new: Callable[[], bool | None]) -> bytes:
    """Return the key kept in the instance folder; where the office is new, one for this process alone.

    is_new: asked where there is no key; None, the database cannot be asked. ``keep_key`` writes it down.

    Raises ConfigError where others may read the file, and where a database is there whose key is not.
    """
    path = instance / name
    if not path.exists():
        if is_new() is not False:
            return secrets.token_bytes(KEY_BYTES)
        raise ConfigError(
            f"{path}：密钥文件不见了，而数据库中已有办公室的数据。请把另行保存的 {name} 放回原处；"
            "没有另造密钥，没有作任何改动。"
        )
    if sys.platform != "win32" and path.stat().st_mode & OTHERS:
        raise ConfigError(f"{path}：密钥文件只能由所有者读取，请执行 chmod 600。")
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise ConfigError(f"{path}：密钥文件已损坏（不足{KEY_BYTES}字节）；请从备份恢复。")
    return key


def keep_key(settings: Settings) -> None:
    """Write down the key of an office that is about to be made; what is there is never replaced.

    Raises ConfigError where there is another key, or an office that has one already.
    """
    path = settings.instance / KEY_FILE
    if not path.exists() and is_empty(settings.database_url):
        settings.instance.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
            with os.fdopen(handle, "wb") as file:
                file.write(settings.secret_key)
    if not path.exists() or path.read_bytes() != settings.secret_key:
        raise ConfigError(f"{path}：另一个命令刚刚建立了这里的办公室，请再运行一次。没有作任何改动。")
