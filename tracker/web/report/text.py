"""Write sections 一, 五 and 六: with the figures of the tables to choose from and last year's text beside."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from tracker.domain.errors import DomainError, NotFoundError
from tracker.domain.permission import Action
from tracker.domain.report import figure
from tracker.domain.report import section as report_section
from tracker.domain.report.format import SECTIONS
from tracker.domain.report.published import NEWEST, OLDEST
from tracker.domain.report.section import OTHER, OVERVIEW, PARTS, WRITTEN
from tracker.models.base import db
from tracker.models.report import ReportText
from tracker.now import now, today
from tracker.services.report import report as reports
from tracker.services.report import text as texts
from tracker.web.guard import current_actor, requires
from tracker.web.page.form import Form
from tracker.web.page.text import _, told

bp = Blueprint("report_text", __name__, url_prefix="/reports/<int:year>/texts/<section>")
Answer = Response | str | tuple[str, int]
LONGEST = 20000  # characters of a field
WHOLE = "text"  # the one field of 五 and 六; 一 has a field for each part
VERSIONS_SHOWN = 50


def _fields(section: str) -> dict[str, str]:
    """Return the fields of a section with their labels."""
    if section == OVERVIEW:
        return {f"part{place}": report_section.HEADINGS[part] for place, part in enumerate(PARTS)}
    return {WHOLE: SECTIONS[section]}


def _known(year: int, section: str) -> None:
    if not OLDEST <= year <= NEWEST or section not in WRITTEN:
        raise NotFoundError("年度报告的第二、三、四部分由台账生成，可以编写的是第一、五、六部分。")


@bp.get("")
@requires(Action.REPORT)
def edit(year: int, section: str) -> Answer:
    _known(year, section)
    kept = texts.latest(current_actor().agency_id, year)[section]
    return page(year, section, Form({**_apart(section, kept.text), "base": str(kept.version)}))


@bp.post("")
@requires(Action.REPORT)
def update(year: int, section: str) -> Answer:
    _known(year, section)
    form, act = Form.of(request), request.form.get("act", "save")
    if act != "save":
        return page(year, section, _helped(year, section, form, act))
    typed = {name: form.text(name, label, longest=LONGEST) for name, label in _fields(section).items()}
    base = form.whole("base", _("版本")) or 0
    try:
        form.check()
        whole = _together(section, typed)
        written = texts.save(year, section, whole, base=base, actor=current_actor(), now=now())
    except StaleDataError:
        message = _("这一部分刚刚被他人改过，最新的文字列在下面；您填写的内容还在，请合并后再保存。")
        kept = texts.latest(current_actor().agency_id, year)[section]
        form.values["base"] = str(kept.version)
        return page(year, section, form, message, newer=kept.text), 409
    except DomainError as error:
        return page(year, section, form, told(error)), 422
    flash(_("已保存为第%(version)s稿。", version=written.version))
    return redirect(url_for("report_text.edit", year=year, section=section), code=303)


def _apart(section: str, text: str) -> dict[str, str]:
    """Return the fields of a text."""
    if section != OVERVIEW:
        return {WHOLE: text}
    parts = report_section.split(text)
    return {f"part{place}": parts[part] for place, part in enumerate(PARTS)}


def _together(section: str, typed: Mapping[str, str]) -> str:
    """Return the text of the fields."""
    if section != OVERVIEW:
        return typed.get(WHOLE, "")
    return report_section.join({part: typed.get(f"part{place}", "") for place, part in enumerate(PARTS)})


def _helped(year: int, section: str, form: Form, act: str) -> Form:
    """Put a draft into the empty fields, or a chosen figure behind the text of a field; save nothing."""
    agency_id = current_actor().agency_id
    known = reports.known_figures(agency_id, reports.current(agency_id, year, today=today()))
    if act == "draft":
        for name, text in _drafted(section, known).items():
            form.values[name] = form.value(name).strip() or text
    name, field = form.value("figure"), form.value("field")
    if act == "insert" and name in known and field in _fields(section):
        form.values[field] = form.value(field) + "{{" + name + "}}"
    return form


def _drafted(section: str, known: Mapping[str, figure.Figure]) -> dict[str, str]:
    if section == OVERVIEW:
        return _apart(OVERVIEW, report_section.join(report_section.draft(known)))
    return {WHOLE: report_section.fee_draft(known)} if section == OTHER else {}


def page(year: int, section: str, form: Form, error: str = "", newer: str = "") -> str:
    """Render the form with what was typed, how it reads, the figures, last year's text, the versions."""
    agency_id = current_actor().agency_id
    typed = _together(section, {name: form.value(name) for name in _fields(section)})
    report = reports.as_typed(agency_id, year, section, typed, today=today())
    known = reports.known_figures(agency_id, report)
    reads = report.sections[section]
    before = reports.last_texts(agency_id, year, today=today()).get(section, "")
    listed = texts.versions(agency_id, year, section)
    return render_template(
        "report/text/edit.html",
        year=year,
        section=section,
        sections={code: SECTIONS[code] for code in WRITTEN},
        fields=_fields(section),
        form=form,
        error=error,
        newer=newer,
        reads=reads,
        length=report_section.length(reads),
        longest=report_section.LONGEST if section == OVERVIEW else None,
        found=report.findings,
        names=[known[name] for name, _source, _place in figure.NAMES],
        before=before,
        drafts=section in (OVERVIEW, OTHER),
        published=report.edition or reports.edition(agency_id, year) is not None,
        versions=db.session.scalars(listed.order_by(ReportText.version.desc()).limit(VERSIONS_SHOWN)).all(),
    )
