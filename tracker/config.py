"""Settings: defaults → instance/config.toml → TRACKER_*. An unknown key stops the start."""

import ipaddress
import os
import stat
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from tracker.domain.case import rules
from tracker.domain.case.rules import OF_AGENCY, DatedPractice, PracticeValue, Value
from tracker.domain.errors import ConfigError, InvalidDetailError
from tracker.domain.message import Phrase, labels, worded
from tracker.domain.office.setting import HOURS, has_hours
from tracker.key import KEY_FILE, OTHERS, is_empty, secret_key

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "TRACKER_"
CONTROL = frozenset({"TRACKER_INSTANCE"})  # where to look, not what to do
PORTS = range(65536)
UNNAMED = "本机关"  # what an office is called until it has its name
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Former:
    """A value that older versions kept as a setting: the practice (domain/case/rules) is rows now.

    agency: the code of the agency whose own it is; None, the whole deployment's. where: what says so.
    """

    key: str
    value: Value
    agency: str | None
    where: str


Port = Annotated[int, Meta(ge=0, le=PORTS.stop - 1)]
PortList = Annotated[str, Meta(pattern=r"^(\d{1,5} *)+$", description="应为以空格分开的端口")]
SchemeList = Annotated[str, Meta(pattern=r"^([a-z][a-z0-9+.-]* *)*$", description="应为渠道名，以空格分开")]
HostList = Annotated[str, Meta(pattern=r"^[\w.\[\]: -]*$", description="应为空格分开的主机:端口，如 a.cn:80")]
Hour = Annotated[int, Meta(ge=0, le=23)]
Url = Annotated[str, Meta(pattern=r"^(|https?://[^\s\"'<>]+)$", description="应以 http:// 或 https:// 开头")]


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What serves the pages. secure_cookies: left out, true where ``base_url`` is https."""

    host: str = "127.0.0.1"
    port: Port = 8000
    threads: Annotated[int, Meta(ge=1, le=64)] = 4
    base_url: Url = ""  # of the office's pages, for links in mails
    secure_cookies: bool = False
    trusted_proxies: str = ""  # addresses or networks of our own web servers in front
    idle_minutes: Annotated[int, Meta(ge=1, le=24 * 60)] = 30
    session_hours: Annotated[int, Meta(ge=1, le=24 * 7)] = 12  # after which everybody signs in again
    page_size: Annotated[int, Meta(ge=5, le=500)] = 50  # rows of a list
    upload_megabytes: Annotated[int, Meta(ge=1, le=15)] = 10  # of a photograph or scan


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """The process that reads a foreign file. seconds: that it may take; half of it is the processor's."""

    megabytes: Annotated[int, Meta(ge=128, le=16_384)] = 512  # memory
    seconds: Annotated[int, Meta(ge=5, le=600)] = 60
    at_once: Annotated[int, Meta(ge=1, le=16)] = 2  # files that are read side by side


@dataclass(frozen=True, slots=True)
class JobSettings:
    """When the jobs of a day run."""

    night_hour: Hour = 2  # copies and inspections
    morning_hour: Hour = 8  # when people are told


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """The copies. folder: empty, backups/ in the instance folder. keep: daily copies."""

    folder: str = ""
    keep: Annotated[int, Meta(ge=1, le=3660)] = 30


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server. host: empty, no mail leaves. ca_file: trusted beside the system's certificates."""

    host: Annotated[str, Meta(pattern=r"^\S*$", description="应为主机名")] = ""
    port: Annotated[int, Meta(ge=1, le=PORTS.stop - 1)] = 587
    security: Literal["starttls", "ssl", "none"] = "starttls"
    login: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    ports: PortList = "25 465 587 994 2525"  # those that may be chosen on the page of settings


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The messages. sender: the address (``from`` in the file). Nobody is written to but in these hours."""

    sender: Annotated[str, Meta(pattern=r"^(|[^\s@<>]+@[^\s@<>]+)$", description="应为一个邮箱地址")] = ""
    from_hour: Hour = 8
    until_hour: Annotated[int, Meta(ge=1, le=24)] = 18
    megabytes: Annotated[int, Meta(ge=1, le=50)] = 10  # of the files that one mail carries


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Channels beside mail. hosts: what they may reach beside public https. sms_*: the gateway, its words."""

    schemes: SchemeList = "wecombot dingtalk feishu"
    hosts: HostList = ""
    sms_url: Url = ""
    sms_token: str = field(default="", repr=False)
    sms_format: Literal["json", "form"] = "json"
    sms_phone: Annotated[str, Meta(pattern=r"^[\w.-]+$", description="应为字段名")] = "phone"
    sms_text: Annotated[str, Meta(pattern=r"^[\w.-]+$", description="应为字段名")] = "text"
    sms_taken: str = ""  # what an answer of 2xx says where it took the message over; empty: any

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.schemes.split())

    @property
    def own_hosts(self) -> frozenset[str]:
        return frozenset(self.hosts.lower().split())


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """The mailbox whose mails are logged. since: its first day; empty, that on which it was turned on."""

    on: Literal["off", "on"] = "off"
    host: Annotated[str, Meta(pattern=r"^\S*$", description="应为主机名")] = ""
    port: Annotated[int, Meta(ge=1, le=PORTS.stop - 1)] = 993
    security: Literal["ssl", "starttls", "none"] = "ssl"
    login: str = ""
    password: str = field(default="", repr=False)
    folder: Annotated[str, Meta(min_length=1, description="应为文件夹的名称")] = "INBOX"
    minutes: Annotated[int, Meta(ge=5, le=24 * 60)] = 10
    since: Annotated[str, Meta(pattern=r"^(|\d{4}-\d\d-\d\d)$", description="应为日期，如 2026-03-02")] = ""
    ca_file: str = ""
    ports: PortList = "143 993"  # those that may be chosen on the page of settings


DATABASE = r"^(|(sqlite|postgresql)(\+\w+)?:.*)$"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of a machine, with its default: what stands before the first group, then the groups."""

    instance: Path
    secret_key: bytes = field(repr=False)
    database_url: Annotated[str, Meta(pattern=DATABASE, description="应以 sqlite: 或 postgresql: 开头")]
    agency_name: str = UNNAMED
    testing: bool = False
    server: ServerSettings = ServerSettings()
    reading: ReadingSettings = ReadingSettings()
    jobs: JobSettings = JobSettings()
    backup: BackupSettings = BackupSettings()
    smtp: SmtpSettings = SmtpSettings()
    mail: MailSettings = MailSettings()
    channel: ChannelSettings = ChannelSettings()
    imap: ImapSettings = ImapSettings()
    former: tuple[Former, ...] = ()  # what is practice now, and rows of the database
    given: Mapping[str, str] = field(default_factory=dict, compare=False)  # what is set, and where

    @property
    def former_practice(self) -> DatedPractice:
        """The deployment's practice as the settings say it, for where no rows say it yet."""
        ours = [each for each in self.former if each.agency is None]
        return DatedPractice(PracticeValue(each.key, each.value, date.min) for each in ours)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a setting belongs: its group (empty: before the first), its name there, its type."""

    group: str
    key: str
    kind: Any


# The groups of the file, and how their settings begin where they stand alone (TRACKER_SMTP_HOST).
GROUPS: dict[str, tuple[type, str]] = {
    "server": (ServerSettings, ""),
    "reading": (ReadingSettings, "reading_"),
    "jobs": (JobSettings, ""),
    "backup": (BackupSettings, "backup_"),
    "smtp": (SmtpSettings, "smtp_"),
    "mail": (MailSettings, "mail_"),
    "channel": (ChannelSettings, "channel_"),
    "imap": (ImapSettings, "imap_"),
}
WRITTEN = {"sender": "from"}  # what a name is in the file, where it is a word of the language


def _places() -> dict[str, Place]:
    alone = get_type_hints(Settings, include_extras=True)
    places = {name: Place("", name, alone[name]) for name in ("database_url", "agency_name", "testing")}
    for group, (kind, prefix) in GROUPS.items():
        for key, hint in get_type_hints(kind, include_extras=True).items():
            places[f"{prefix}{WRITTEN.get(key, key)}"] = Place(group, key, hint)
    return places


PLACES = _places()  # every setting by the name under which it stands alone


def templates() -> Path:
    """Return the folder of pages and mails: beside the package in a checkout, inside it in a wheel."""
    beside = ROOT / "templates"
    return beside if (beside / "base.html").exists() else Path(__file__).resolve().parent / "templates"


def instance_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the office's folder: TRACKER_INSTANCE, else ``instance`` beside the code, of a wheel here."""
    named = (os.environ if environ is None else environ).get("TRACKER_INSTANCE")
    if named:
        return Path(named).resolve()
    home = ROOT if (ROOT / "wsgi.py").exists() else Path.cwd()
    return home / "instance"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the machine. Nothing is made: folder and key are made with the office.

    Raises ConfigError naming the key that is unknown or impossible.
    """
    environ = os.environ if environ is None else environ
    instance = instance_folder(environ)
    given, agencies = _from_file(instance / "config.toml")
    given |= _from_environment(environ)
    former = _all_former(given, agencies)
    values = {name: checked(name, one) for name, one in given.items() if name not in rules.KEYS}
    _close(instance)
    database = f"sqlite:///{instance / 'tracker.sqlite3'}"
    values["database_url"] = _driver(values.get("database_url") or database)
    values.setdefault("secure_cookies", values.get("base_url", "").startswith("https://"))
    key = secret_key(instance, is_new=lambda: is_empty(values["database_url"]))
    grouped: dict[str, dict[str, Any]] = {group: {} for group in ("", *GROUPS)}
    for name, value in values.items():
        grouped[PLACES[name].group][PLACES[name].key] = value
    groups = {group: kind(**grouped[group]) for group, (kind, _) in GROUPS.items()}
    if not has_hours(groups["mail"].from_hour, groups["mail"].until_hour):
        raise ConfigError("设置 mail_from_hour、mail_until_hour：%(why)s", why=HOURS)
    grouped[""]["given"] = {name: given[name].where for name in values if name in given}
    return Settings(instance=instance, secret_key=key, former=former, **grouped[""], **groups)


def former_practice(file: Path, *, named: str) -> tuple[Former, ...]:
    """Return what a settings file and this machine's environment say of the practice.

    named: what the file is called. Raises ConfigError where it cannot be read or says what cannot be.
    """
    try:
        given, agencies = _from_file(file)
        former = _all_former(given | _from_environment(os.environ), agencies)
    except ConfigError as error:
        raise ConfigError(str(error).replace(str(file), named)) from error
    return tuple(replace(each, where=each.where.replace(str(file), named)) for each in former)


def _all_former(given: Mapping[str, "Given"], agencies: tuple[Any, str]) -> tuple[Former, ...]:
    ours = (_former(name, one) for name, one in given.items() if name in rules.KEYS)
    return (*_of_agencies(*agencies), *ours)


def _of_agencies(tables: Any, where: str) -> Iterator[Former]:
    """Yield what the tables ``[agency."code"]`` set; raise ConfigError naming what cannot be."""
    if not isinstance(tables, dict) or not all(isinstance(own, dict) for own in tables.values()):
        raise ConfigError('%(where)s：agency 应写作 [agency."机关代码"] 的表。', where=where)
    for code, own in tables.items():
        place = Phrase('%(path)s 的 [agency."%(code)s"]', path=where, code=code)
        if unknown := sorted(own.keys() - OF_AGENCY):
            known = "、".join(sorted(OF_AGENCY))
            raise ConfigError(
                "%(where)s：没有设置项“%(name)s”。一个机关可以自己设置的：%(known)s。",
                where=place,
                name=unknown[0],
                known=known,
            )
        for key, value in own.items():
            yield _former(key, Given(value, place), code)


def _close(instance: Path) -> None:
    """Keep the office's folder and what it holds its owner's alone.

    Whatever this process makes from now on is its owner's alone. What an older version left open, or a
    person put there, is closed; the folder's content once, with it, the files right in it at each start.
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


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was given, and where. typed: as TOML has it; else it is a text of the environment."""

    value: Any
    where: str
    typed: bool = True


def _from_file(path: Path) -> tuple[dict[str, Given], tuple[Any, str]]:
    """Return what a file gives, by the names that settings have alone, and its tables of agencies."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError("%(path)s：不是有效的 TOML 文件：%(why)s", path=path, why=error) from error
    agencies = content.pop("agency", {})
    tables = {group: content.pop(group) for group in GROUPS if isinstance(content.get(group), dict)}
    given = {name: Given(value, str(path)) for name, value in content.items()}
    for group, table in tables.items():
        for key, value in table.items():
            name, where = (
                f"{GROUPS[group][1]}{key}",
                Phrase("%(path)s 的 [%(group)s]", path=path, group=group),
            )
            if name not in PLACES or PLACES[name].group != group:
                known = "、".join(
                    WRITTEN.get(each.key, each.key) for each in PLACES.values() if each.group == group
                )
                raise ConfigError(
                    "%(where)s：没有设置项“%(name)s”。这一组的设置项：%(known)s。",
                    where=where,
                    name=key,
                    known=known,
                )
            if name in given:
                raise ConfigError(
                    "%(where)s：设置 %(key)s 与前面的 %(name)s 是同一项，写了两次，请删去一个。",
                    where=where,
                    key=key,
                    name=name,
                )
            given[name] = Given(value, where)
    return given, (agencies, str(path))


def _from_environment(environ: Mapping[str, str]) -> dict[str, Given]:
    names = [name for name in environ if name.startswith(PREFIX) and name not in CONTROL]
    return {
        name.removeprefix(PREFIX).lower(): Given(
            environ[name], Phrase("环境变量 %(name)s", name=name), typed=False
        )
        for name in names
    }


def _former(key: str, given: Given, agency: str | None = None) -> Former:
    """Return what was said of the practice; raise ConfigError where it is impossible."""
    try:
        value = given.value if given.typed else rules.read(key, given.value)
    except InvalidDetailError as error:
        raise ConfigError("%(where)s：设置 %(why)s", where=given.where, why=error.message) from error
    if problem := rules.refusal(key, value):
        raise _impossible(key, given, problem)
    return Former(key, value, agency, given.where)


def checked(name: str, given: Given) -> Any:
    """Return the value of a setting; raise ConfigError naming what cannot be, and what it should be."""
    if name not in PLACES:
        known = "、".join(sorted(PLACES))
        raise ConfigError(
            "%(where)s：没有设置项“%(name)s”。可用的设置项：%(known)s。",
            where=given.where,
            name=name,
            known=known,
        )
    kind = PLACES[name].kind
    try:
        value = msgspec.convert(given.value, kind, strict=given.typed)
        _READERS.get(name, str)(value)
    except ValueError as error:  # msgspec's own is one
        wanted = _WORDS.get(name) or _wanted(kind)
        raise _impossible(name, given, wanted) from error
    return value


def _impossible(name: str, given: Given, wanted: str) -> ConfigError:
    """Return what is said of a value that cannot be: ``why`` alone where a page names the field itself."""
    why = Phrase("%(wanted)s，现为“%(value)s”。", wanted=wanted, value=given.value)
    return ConfigError("%(where)s：设置 %(name)s %(why)s", where=given.where, name=name, why=why)


def _wanted(kind: Any) -> str:
    """Return what a value of the type should be, in words."""
    if get_origin(kind) is Literal:
        return Phrase("应为 %(words)s 之一", words="、".join(get_args(kind)))
    plain, *metas = get_args(kind) or (kind,)
    meta = next(iter(metas), None)
    if meta is not None:
        if meta.description:
            return worded(meta.description)
        return Phrase("应为 %(lowest)s 与 %(highest)s 之间的整数", lowest=meta.ge, highest=meta.le)
    return _OF_TYPE[plain]


def networks_of(text: str) -> tuple[Network, ...]:
    """Return the addresses and networks of a text; raise ValueError where one is none."""
    return tuple(ipaddress.ip_network(word) for word in text.split())


def day_of(text: str) -> date | None:
    """Return the day of a text, None of an empty one; raise ValueError where it is none."""
    return date.fromisoformat(text) if text else None


_READERS: dict[str, Callable[[str], object]] = {"trusted_proxies": networks_of, "imap_since": day_of}
_WORDS = labels({"trusted_proxies": "应为以空格分开的地址或网段，如 127.0.0.1 10.0.0.0/8"})
_OF_TYPE = labels({bool: "应为 true 或 false", str: "应为文字"})
for _place in PLACES.values():
    for _meta in get_args(_place.kind)[1:]:
        worded(getattr(_meta, "description", None) or "")  # each has its English


def _driver(url: str) -> str:
    """Name the driver: SQLAlchemy would read ``postgresql:`` as an older one."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
