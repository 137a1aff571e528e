"""How a person wants a list to be shown: a matter of taste, no fact of the office."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.models.base import Base, Json


def _names(columns: list[object]) -> bool:
    return all(isinstance(name, str) for name in columns)


class ListChoice(Base):
    """The columns that a person chose for one list, and whether its rows stand close.

    columns: by their names; one that the list no longer has is not shown. A row of no list says that
    the tour is over (services/office/list_choice.TOUR).
    """

    __tablename__ = "list_choices"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)  # of the list
    columns: Mapped[list[str]] = mapped_column(Json(list, _names))
    is_dense: Mapped[bool] = mapped_column(default=False)
