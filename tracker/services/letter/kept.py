"""Whether the files of letters, proofs of their service and the office's templates are what was kept."""

from collections.abc import Iterator

from sqlalchemy import select

from tracker.domain.message import Phrase
from tracker.models.base import db
from tracker.models.follow_up import PersonalAnswer
from tracker.models.letter import Letter, LetterTemplate
from tracker.models.service import LetterService, ServiceResult
from tracker.services.office import store


def broken() -> Iterator[tuple[str, str]]:
    """Yield the letters, answers, proofs and templates whose file is gone or was changed: where, and what."""
    letters = select(Letter.id, Letter.number, Letter.sha256).order_by(Letter.id)
    for row_id, number, digest in db.session.execute(letters).tuples():
        if store.get(digest) is None:
            yield (
                Phrase("文书第%(row_id)s条", row_id=row_id),
                Phrase("%(title)s的文件已丢失或被改动。", title=number or Phrase("没有文号")),
            )
    with_file = LetterTemplate.sha256.is_not(None)
    templates = select(LetterTemplate.id, LetterTemplate.file_name, LetterTemplate.sha256).where(with_file)
    for row_id, name, of_template in db.session.execute(templates.order_by(LetterTemplate.id)).tuples():
        if store.get(of_template or "") is None:
            yield (
                Phrase("文书模板第%(row_id)s条", row_id=row_id),
                Phrase("文件“%(name)s”已丢失或被改动。", name=name),
            )
    answers = select(PersonalAnswer.id, PersonalAnswer.title, PersonalAnswer.sha256)
    for row_id, title, of_answer in db.session.execute(answers.order_by(PersonalAnswer.id)).tuples():
        if store.get(of_answer) is None:
            yield (
                Phrase("个人信息请求答复第%(row_id)s条", row_id=row_id),
                Phrase("%(title)s的文件已丢失或被改动。", title=title),
            )
    yield from _broken_proofs()


def _broken_proofs() -> Iterator[tuple[str, str]]:
    carried = select(LetterService.id, LetterService.sent).where(LetterService.message != "")
    for row_id, sent in db.session.execute(carried.order_by(LetterService.id)).tuples():
        for each in sent:
            if store.get(str(each["sha256"])) is None:
                yield (
                    Phrase("送达第%(row_id)s条", row_id=row_id),
                    Phrase("发出的文件“%(name)s”已丢失或被改动。", name=each["name"]),
                )
    for kind in (LetterService, ServiceResult):
        proofs = (
            select(kind.id, kind.file_name, kind.sha256).where(kind.sha256.is_not(None)).order_by(kind.id)
        )
        for row_id, proof_name, of_proof in db.session.execute(proofs).tuples():
            if store.get(of_proof or "") is None:
                yield (
                    Phrase("送达凭证第%(row_id)s条", row_id=row_id),
                    Phrase("文件“%(name)s”已丢失或被改动。", name=proof_name),
                )
