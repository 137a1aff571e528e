"""For a WSGI server and for ``flask --app wsgi``."""

from tracker.app import hosted

app = hosted()
