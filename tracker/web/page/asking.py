"""How the documents, the representatives and the wishes of those who ask are shown."""

from collections.abc import Callable

from tracker.domain.case import id_document, representative, wish
from tracker.web.page.text import word

ROLES = {str(role): label for role, label in representative.ROLES.items()}
FILTERS: dict[str, Callable[[str], str]] = {
    "id_kind": lambda code: word(id_document.label(code)),
    "role": lambda code: word(ROLES.get(code, code)),
    "scope": lambda code: word(representative.SCOPES.get(code, code)),
    "form_wanted": lambda code: word(wish.FORMS.get(code, code)),
    "way_wanted": lambda code: word(wish.WAYS.get(code, code)),
}
