"""Error pages: what was wrong, where, and what to do."""

import logging

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tracker.domain.errors import DomainError, NotFoundError, NotPermittedError, UnnamedOfficeError
from tracker.models import fault
from tracker.models.base import db
from tracker.models.fault import Kind
from tracker.web.page import resume
from tracker.web.page.text import _, told

logger = logging.getLogger(__name__)
UNAVAILABLE = 503
FORM = "application/x-www-form-urlencoded"
READS = ("GET", "HEAD")


def page(title: str, message: str, status: int, *, unnamed: bool = False) -> tuple[str, int]:
    """Render an error page. unnamed: it says too where the office gets its name, or who gives it."""
    return render_template("error.html", title=title, words=message, unnamed=unnamed), status


def outside(status: int) -> str:
    """Return the page for a request that the server refused before the application saw it."""
    g.actor = None
    return page(*_texts(status), status)[0]


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004  (a redirect of the router is no error)
        return error.get_response()
    return page(*_texts(status), status)


def _texts(status: int) -> tuple[str, str]:
    texts = {
        400: (_("请求有误"), _("浏览器送来的内容不完整，请返回上一页再试。")),
        403: (_("没有权限"), _("您的角色不能打开这一页。需要时请联系系统管理员。")),
        404: (_("没有这一页"), _("地址可能写错了，或者记录不在您的范围内。")),
        405: (_("不能这样打开"), _("请从页面上的按钮操作。")),
        409: (_("记录已被他人修改"), _("请返回查看最新的记录，再决定是否继续。")),
        413: _too_large(),
        422: (_("不能办理"), _("送来的内容不能识别，请返回上一页检查后再试。")),
        429: (_("请求太多"), _("短时间内操作太频繁，请稍等几分钟再试。")),
        503: (_("暂时不能使用"), _("系统暂时不能处理，请稍后再试；您填写的内容没有保存。")),
    }
    unknown = (_("出错了"), _("请稍后再试；仍然不行请联系系统管理员。"))
    return texts.get(status, unknown)


def _too_large() -> tuple[str, str]:
    if request.mimetype == FORM:
        return _("填写的内容太多"), _("请返回上一页，删减后再提交。")
    return _("文件太大"), _("请上传较小的文件。")


def _expired(error: CSRFError) -> tuple[str, int]:
    fields = resume.typed()
    if fields:
        return resume.send_again(request.path, fields, 400)
    return page(_("页面已过期"), _("为防止他人冒用，请返回上一页，刷新后再提交。"), 400)


def _stale(error: StaleDataError) -> tuple[str, int]:
    title, fields = _("记录已被他人修改"), resume.typed()
    if fields:
        message = _("他人刚刚修改了同一记录，您填写的内容尚未保存。请先查看最新的记录，再决定是否继续。")
        return resume.send_again(request.path, fields, 409, title=title, message=message)
    return page(title, _("请返回查看最新的记录，再决定是否继续。"), 409)


def _refused(error: DomainError) -> tuple[str, int]:
    if isinstance(error, UnnamedOfficeError):
        return page(_("本机关还没有名称"), told(error), 422, unnamed=True)
    if isinstance(error, NotFoundError):
        return page(_("没有这条记录"), told(error), 404)
    if isinstance(error, NotPermittedError):
        return page(_("没有权限"), told(error), 403)
    return page(_("不能办理"), told(error), 422)


# -- faults of the machine --------------------------------------------------------------------


def _fault_texts() -> dict[Kind, tuple[str, str]]:
    disk = _("请联系系统管理员检查服务器的磁盘。")
    return {
        Kind.BUSY: (_("系统正忙"), _("另一项写入还没有结束。什么也没有丢失，请稍等片刻再提交。")),
        Kind.LOST: (
            _("数据库连接中断"),
            _("不能确定刚才的操作是否已经保存：请稍后先查看记录，没有保存再提交一次。"),
        ),
        Kind.FULL: (_("磁盘空间已满"), _("没有保存。") + disk),
        Kind.READ_ONLY: (_("不能写入"), _("没有保存。") + disk),
        Kind.DISK: (_("磁盘出错"), _("没有保存。") + disk),
        Kind.CANNOT_OPEN: (_("打不开数据库"), disk),
        Kind.DAMAGED: (_("数据库已损坏"), _("请立即停止使用，并请系统管理员从备份恢复。")),
    }


def _faulty(error: Exception) -> ResponseReturnValue:
    """Answer 503 with the form kept where the machine failed; a lost connection is tried again once."""
    kind = fault.kind(error)
    if kind is None:
        return _unexpected(error)
    _let_go()
    if kind is Kind.LOST and request.method in READS and not g.get("tried_again"):
        g.tried_again = True
        return current_app.full_dispatch_request()
    logger.error("%s at %s: %s", kind.value, request.path, error)
    title, message = _fault_texts()[kind]
    fields = resume.typed() if request.method not in READS else []
    if fields:
        return resume.send_again(request.path, fields, UNAVAILABLE, title=title, message=message)
    return page(title, message, UNAVAILABLE)


def _let_go() -> None:
    """Give the broken connection back: a page of errors asks no database."""
    g.actor = None
    try:
        db.session.remove()
    except DBAPIError:
        logger.warning("a broken connection could not be rolled back")


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.config["TESTING"]:
        raise error
    logger.exception("unexpected error at %s", request.path, exc_info=error)
    return page(_("程序出错"), _("您刚才的操作没有保存。请返回上一页再试；仍然不行请联系系统管理员。"), 500)


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DomainError, _refused)
    for error in (DBAPIError, TimeoutError, OSError):
        app.register_error_handler(error, _faulty)
    if not app.config["TESTING"]:
        app.register_error_handler(Exception, _unexpected)
