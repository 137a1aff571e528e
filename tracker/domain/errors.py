"""Errors of the domain: each is something a clerk can be told about, in the clerk's words."""

from tracker.domain.message import Phrase


class DomainError(Exception):
    """Base of every rule that the domain can refuse on. Its text is shown to the clerk.

    It is given the message and the values that are put into it: a page says it in the reader's language.
    """

    def __init__(self, message: str = "", /, *more: object, **values: object) -> None:
        super().__init__(Phrase(message, **values), *more)

    @property
    def message(self) -> str:
        """What is said, as a message."""
        return self.args[0] if self.args else Phrase("")


class ConfigError(Exception):
    """A setting of the machine is unknown or impossible; the text names its key and where it stands.

    It is given the message and its values as every ``DomainError`` is: a page of settings says it, too.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(Phrase(message, **values))

    @property
    def message(self) -> Phrase:
        """What is said, as a message."""
        message: Phrase = self.args[0]
        return message


def message_of(error: BaseException) -> str:
    """Return what an error says, as the message that it was made of where it was made of one."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Phrase) else str(error)


class UnknownYearError(DomainError):
    """Neither a State Council holiday notice nor the statutory days are known for the year."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "没有%(year)s年的工作日历：请先导入国务院办公厅当年的放假通知。",
            year=year,
        )
        self.year = year


class UnreadableNoticeError(DomainError):
    """A sentence of a holiday notice cannot be read; the text names it."""


class UnreadableFileError(DomainError):
    """A file from outside cannot be read: too large, too complex, damaged; the text says what to do."""


class UnreadableReportError(UnreadableFileError):
    """A file is no annual report that can be read; the text says why and what to do."""


class StepNotAllowedError(DomainError):
    """The workflow has no such step from the state the case is in."""


class UnlawfulDayError(DomainError):
    """The legal day is in the future, before receipt, or runs back past a change of state."""


class InvalidDetailError(DomainError):
    """A step lacks something that it must state, or states something impossible."""


class GuardError(DomainError):
    """The facts of the case do not allow what a person asks; may be overridden with a reason."""


class SecretFileError(InvalidDetailError):
    """A file bears the mark of a state secret: nothing of it is kept, its name neither."""


class NotFoundError(DomainError):
    """There is no such record for this actor."""


class UnnamedOfficeError(DomainError):
    """The office has no name yet: nothing leaves it, on paper, as a file or by mail."""

    def __init__(self) -> None:
        super().__init__("本机关还没有名称，不能打印、下载、制作文书、发布或者发送邮件。")


class NotPermittedError(DomainError):
    """None of the actor's roles carries the action."""

    def __init__(self, action: str = "") -> None:
        super().__init__("您的角色没有这项权限%(value)s。", value=f"（{action}）" if action else "")
