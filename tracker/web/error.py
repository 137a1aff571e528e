"""Error pages: what was wrong, where, and what to do."""

import logging

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from tracker.domain.errors import DomainError, NotFoundError, NotPermittedError
from tracker.web import resume
from tracker.web.text import _

logger = logging.getLogger(__name__)


def page(title: str, words: str, status: int) -> tuple[str, int]:
    """Render an error page."""
    return render_template("error.html", title=title, words=words), status


def _http(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    texts = {
        400: (_("请求有误"), _("浏览器送来的内容不完整，请返回上一页再试。")),
        403: (_("没有权限"), _("您的角色不能打开这一页。需要时请联系系统管理员。")),
        404: (_("没有这一页"), _("地址可能写错了，或者记录不在您的范围内。")),
        405: (_("不能这样打开"), _("请从页面上的按钮操作。")),
        413: (_("文件太大"), _("请上传较小的文件。")),
    }
    title, words = texts.get(status, (_("出错了"), _("请稍后再试；仍然不行请联系系统管理员。")))
    return page(title, words, status)


def _expired(error: CSRFError) -> tuple[str, int]:
    fields = resume.typed()
    if fields:
        return resume.send_again(request.path, fields, 400)
    return page(_("页面已过期"), _("为防止他人冒用，请返回上一页，刷新后再提交。"), 400)


def _stale(error: StaleDataError) -> tuple[str, int]:
    return page(_("记录已被他人修改"), _("请返回查看最新的记录，再决定是否继续。"), 409)


def _refused(error: DomainError) -> tuple[str, int]:
    if isinstance(error, NotFoundError):
        return page(_("没有这条记录"), str(error), 404)
    if isinstance(error, NotPermittedError):
        return page(_("没有权限"), str(error), 403)
    return page(_("不能办理"), str(error), 422)


def _unexpected(error: Exception) -> tuple[str, int]:
    logger.exception("unexpected error at %s", request.path)
    return page(_("程序出错"), _("您刚才的操作没有保存。请返回上一页再试；仍然不行请联系系统管理员。"), 500)


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DomainError, _refused)
    if not app.config["TESTING"]:
        app.register_error_handler(Exception, _unexpected)
