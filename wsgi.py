"""For a WSGI server and for ``flask --app wsgi``."""

from tracker.hosting import hosted

app = hosted()
