"""A Word file without the moment at which it was packed: the same content gives the same bytes."""

import zipfile
from io import BytesIO

FIXED = (1980, 1, 1, 0, 0, 0)  # the time of every part of the file: the same report gives the same bytes


def dateless(content: bytes) -> bytes:
    """Return the package with one fixed time on its parts."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, FIXED), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
