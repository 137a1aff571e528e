"""The office's own settings: rows over the defaults of the machine, and under what the machine says."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from tracker.config import PLACES, Given, Settings, checked
from tracker.domain.errors import ConfigError, InvalidDetailError
from tracker.domain.misfit import Misfit
from tracker.domain.office.setting import BY_KEY, HOURS, OFFICE_SETTINGS, SECRETS, has_hours
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.cipher import Unreadable
from tracker.models.setting import SettingRow
from tracker.services.office import audit, office, seen
from tracker.services.office.actor import Actor

SETTINGS = "tracker.settings"
FIRST = "首次填写"
OF_SIGN_IN = frozenset({"smtp_login", "smtp_password", "channel_sms_token", "imap_login", "imap_password"})


def in_force() -> Settings:
    """Return the settings with what the office set, wherever the machine says nothing itself."""
    return office.of_transaction(SETTINGS, _kept)


def _kept() -> Settings:
    settings = office.settings()
    rows = {row.key: row for row in db.session.scalars(select(SettingRow).order_by(SettingRow.id))}
    return _over(settings, rows)


def _over(settings: Settings, rows: Mapping[str, SettingRow]) -> Settings:
    """Return the settings with the rows put over them; one that cannot be read has no effect."""
    ours = replace(settings, given=_given(settings))
    whole = ours
    for key, row in rows.items():
        if key in BY_KEY and key not in ours.given and (value := _read(row)) is not None:
            whole = _with(whole, key, value)
    if not has_hours(whole.mail.from_hour, whole.mail.until_hour):
        for key in ("mail_from_hour", "mail_until_hour"):
            whole = _with(whole, key, value_of(ours, key))
    return whole


def _given(settings: Settings) -> Mapping[str, str]:
    """Return what the machine decides, and where: with a secret also to whom and how it is said."""
    with_secrets = {
        key: settings.given[each.key]
        for each in SECRETS
        if each.key in settings.given
        for key in each.said_to
    }
    return {**with_secrets, **settings.given}


def _with(settings: Settings, key: str, value: Any) -> Settings:
    place = PLACES[key]
    group = replace(getattr(settings, place.group), **{place.key: value})
    return replace(settings, **{place.group: group})


def _read(row: SettingRow) -> Any:
    """Return the value of a row; None where it cannot be read: of another tool, or sealed by another key."""
    text = (row.secret or "") if BY_KEY[row.key].secret else row.value
    if isinstance(text, Misfit | Unreadable):
        return None
    try:
        return checked(row.key, Given(text, "", typed=False))
    except ConfigError:
        return None


def value_of(settings: Settings, key: str) -> Any:
    """Return the value of a key in the settings."""
    place = PLACES[key]
    return getattr(getattr(settings, place.group), place.key)


def without_effect() -> list[str]:
    """Return the keys whose last row is not what is in force: it cannot be read, or goes with no other."""
    rows, settings = {row.key: row for row in history()}, in_force()
    ours = [key for key in rows if key in BY_KEY]
    return [
        key
        for key in ours
        if (value := _read(rows[key])) is None
        or (key not in settings.given and value != value_of(settings, key))
    ]


def shown() -> dict[str, str]:
    """Return what is in force as a form shows it: of a secret nothing."""
    settings = in_force()
    return {each.key: "" if each.secret else str(value_of(settings, each.key)) for each in OFFICE_SETTINGS}


def history() -> list[SettingRow]:
    """Return every row in the order in which they were set."""
    return list(db.session.scalars(select(SettingRow).order_by(SettingRow.id)))


def set_to(
    values: Mapping[str, str], *, why: str, actor: Actor, now: datetime, looked_at: str | None = None
) -> list[str]:
    """Keep what changed, in one transaction; return the keys of what did.

    values: as typed; a secret that is empty stays as it is. looked_at: the mark of what the person saw
    (``seen.mark`` of ``shown``); another one raises StaleDataError (409).

    Raises NotPermittedError; InvalidDetailError naming what cannot be, what the machine says itself, a secret
    that would be said to somebody else, or where something that was set before changes without a reason.
    """
    actor.require(Action.SETTINGS)
    with transaction(alone=True):  # of two at one moment the second sees what the first set
        seen.check(looked_at, shown())
        settings, known = in_force(), {row.key for row in history()}
        new = dict(_changed(values, settings))
        changed = list(new)
        _check_together(new, {key for key, text in values.items() if text}, settings)
        if not why.strip() and known & set(changed):
            raise InvalidDetailError("已经设置过的，修改时请写明理由。")
        for key in changed:
            secret = BY_KEY[key].secret
            text = values[key].strip()
            db.session.add(
                SettingRow(
                    key=key,
                    value="" if secret else text,
                    secret=text if secret else None,
                    set_by=actor.name,
                    set_at=now,
                    why=why.strip() or FIRST,
                )
            )
        if changed:
            db.session.flush()
            db.session().info.pop(SETTINGS, None)
            told: dict[str, Any] = {"keys": changed, "why": why.strip() or FIRST}
            audit.note("setting_set", actor=actor.name, now=now, agency_id=actor.agency_id, **told)
    return changed


def _changed(values: Mapping[str, str], settings: Settings) -> Iterable[tuple[str, Any]]:
    """Yield what is typed otherwise than it is in force; raise where it is impossible."""
    for each in OFFICE_SETTINGS:
        text = values.get(each.key)
        if text is None or (each.secret and not text):
            continue
        value = _typed(each.key, text.strip(), each.label)
        if value == value_of(settings, each.key):
            continue
        if each.key in settings.given:
            where = settings.given[each.key]
            raise InvalidDetailError(
                "%(label)s由服务器配置决定（%(where)s），不能在此修改。",
                label=each.label,
                where=where,
            )
        yield each.key, value


def _typed(key: str, text: str, label: str) -> Any:
    if not text.isprintable():
        raise InvalidDetailError("%(label)s中不能有换行等控制字符。", label=label)
    if key in OF_SIGN_IN and not text.isascii():  # no mail server can be told any other
        raise InvalidDetailError("%(label)s只能是英文字母、数字和符号：请核对输入法。", label=label)
    try:
        return checked(key, Given(text, "", typed=False))
    except ConfigError as error:
        why = error.message.values["why"]
        raise InvalidDetailError("%(label)s：%(why)s", label=label, why=why) from error


def _check_port(new: Mapping[str, Any], group: str, listed: str) -> None:
    """Raise where the port of a server is none of those that a page may name."""
    ports = sorted(map(int, listed.split()))
    if new.get(f"{group}_port", ports[0]) not in ports:
        raise InvalidDetailError(
            "端口只能是%(allowed)s；邮件服务器用其他端口的，由服务器配置（%(setting)s）放开。",
            allowed="、".join(map(str, ports)),
            setting=f"{group}_ports",
        )


def _check_together(new: Mapping[str, Any], typed: Collection[str], settings: Settings) -> None:
    """Raise where the new values do not go together, or would say a kept secret to somebody else."""
    whole = settings
    for key, value in new.items():
        whole = _with(whole, key, value)
    if not has_hours(whole.mail.from_hour, whole.mail.until_hour):
        raise InvalidDetailError(HOURS)
    _check_port(new, "smtp", settings.smtp.ports)
    _check_port(new, "imap", settings.imap.ports)
    for each in SECRETS:
        is_said = bool(value_of(settings, each.key)) and all(value_of(whole, key) for key in each.said_to)
        if is_said and each.key not in typed and new.keys() & set(each.said_to):
            raise InvalidDetailError(
                "换了对方或者连接方式的，请重新填写%(label)s：保存的不发给别的地方。",
                label=each.label,
            )
