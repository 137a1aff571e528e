"""Which template a letter is made from: ours, or the newest version of the office's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.domain.errors import InvalidDetailError, NotFoundError
from tracker.domain.letter.index import TEMPLATED
from tracker.domain.letter.kind import LetterKind
from tracker.domain.letter.template import faults
from tracker.domain.message import joined
from tracker.domain.permission import Action
from tracker.models.base import db, transaction
from tracker.models.letter import LetterTemplate
from tracker.models.reads.letter import template_versions
from tracker.reading import isolated
from tracker.rendering.letter import fill, scan
from tracker.rendering.letter.template import shipped
from tracker.services.office import audit, store
from tracker.services.office.actor import Actor

LONGEST_NAME = 200


class FaultyTemplateError(InvalidDetailError):
    """A file is no template of its kind. problems: each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(joined(problems, "；"))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Template:
    """A template in use. version: of the office's own; 0, ours, which needs no process of its own."""

    content: bytes
    version: int

    def filled(self, facts: Mapping[str, str]) -> bytes:
        """Return the template with its places filled. Raises UnreadableFileError."""
        if self.version:
            return isolated.read(fill.filled, self.content, dict(facts))
        return fill.filled(self.content, facts)


def current(agency_id: int, kind: LetterKind) -> Template:
    """Return the template that letters of the kind are made from now."""
    newest = next(iter(template_versions(agency_id, kind.key)), None)
    if newest is None or newest.sha256 is None:
        return Template(shipped(kind.key), 0)
    return Template(content(newest), newest.version)


def of_version(agency_id: int, kind: LetterKind, version: int) -> Template:
    """Return the template that a letter of the version was made from; 0 is ours, as it is now."""
    if not version:
        return Template(shipped(kind.key), 0)
    row = next(row for row in template_versions(agency_id, kind.key) if row.version == version)
    return Template(content(row), version)


def content(row: LetterTemplate) -> bytes:
    """Return the file of a version. Raises NotFoundError where it is gone or was changed."""
    kept = store.get(row.sha256 or "")
    if kept is None:
        raise NotFoundError(
            "模板“%(file_name)s”已丢失或被改动，请联系系统管理员从备份恢复。",
            file_name=row.file_name,
        )
    return kept


def examined(kind: LetterKind, uploaded: bytes) -> list[str]:
    """Return what forbids the file as a template of the kind, each with its place; read while nobody waits.

    Raises UnreadableFileError where it cannot be read.
    """
    held = isolated.read(scan.scanned, uploaded)
    return [*held.problems, *faults(kind, held.names, held.hidden)]


def keep(key: str, name: str, uploaded: bytes, *, actor: Actor, now: datetime) -> LetterTemplate:
    """Keep the office's own template of a kind as its newest version.

    Raises FaultyTemplateError with everything that is wrong with it, UnreadableFileError, NotPermittedError.
    """
    actor.require(Action.LETTERS)
    kind = _kind(key)
    if problems := examined(kind, uploaded):
        raise FaultyTemplateError(problems)
    with store.ready(uploaded) as stored, transaction():
        store.keep(stored)
        return _add(kind, name[-LONGEST_NAME:], stored.digest, stored.size, actor=actor, now=now)


def give_up(key: str, *, actor: Actor, now: datetime) -> LetterTemplate:
    """Go back to our template of a kind; the versions of the office's own stay kept."""
    actor.require(Action.LETTERS)
    kind = _kind(key)
    with transaction():
        return _add(kind, "", None, 0, actor=actor, now=now)


def _kind(key: str) -> LetterKind:
    if key not in TEMPLATED:
        raise NotFoundError("没有这种文书。")
    return TEMPLATED[key]


def _add(
    kind: LetterKind, name: str, digest: str | None, size: int, *, actor: Actor, now: datetime
) -> LetterTemplate:
    newest = next(iter(template_versions(actor.agency_id, kind.key)), None)
    row = LetterTemplate(
        agency_id=actor.agency_id,
        kind=kind.key,
        version=newest.version + 1 if newest else 1,
        file_name=name,
        sha256=digest,
        size=size,
        kept_by=actor.name,
        kept_at=now,
    )
    db.session.add(row)
    what: dict[str, Any] = {"sha256": digest, "version": row.version}
    audit.note("template_kept", actor=actor.name, now=now, target=kind.key, agency_id=actor.agency_id, **what)
    return row
