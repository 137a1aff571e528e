"""A real IMAP server on loopback: Dovecot, run without privileges on a folder of its own."""

import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.mail_server import certificate

LOGIN, SECRET = "office", "secret-1"
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
WHOLE = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
ssl_dh =
disable_plaintext_auth = no
passdb {{
  driver = static
  args = password={secret}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {secure}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class NotStartedError(Exception):
    """The server has ended, or does not answer: its log says why."""


class Imap:
    """The server as a test fills it. port: in the clear, and by STARTTLS; secure: TLS from the first byte."""

    def __init__(self, folder: Path, port: int, secure: int) -> None:
        self.folder, self.port, self.secure = folder, port, secure
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        who = _user()
        self.process = subprocess.Popen(
            [str(DOVECOT), "-F", "-c", f"{self.folder}/dovecot.conf"],
            user=who.pw_uid if os.geteuid() == 0 else None,
            group=who.pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            stderr=subprocess.DEVNULL,
        )
        listening = self.folder / "run" / "master.pid"  # before, another server may answer on a port of ours
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            try:
                if listening.exists():
                    self.open().logout()
                    return
            except (OSError, imaplib.IMAP4.error):
                pass
            time.sleep(0.05)
        self.stop()
        raise NotStartedError((self.folder / "log").read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def open(self) -> imaplib.IMAP4:
        imap = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        imap.login(LOGIN, SECRET)
        return imap

    def put(self, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Let a mail come into a folder at a moment."""
        imap = self.open()
        imap.append(folder, None, imaplib.Time2Internaldate(at), raw)
        imap.logout()

    def seen(self) -> list[bool]:
        """Return of each mail of the inbox whether it is marked as read."""
        imap = self.open()
        imap.select("INBOX", readonly=True)
        data = imap.fetch("1:*", "(FLAGS)")[1]
        imap.logout()
        return [b"\\Seen" in each for each in data if each]

    def number_anew(self) -> None:
        """Let the folder have another UIDVALIDITY, as after a move to another server."""
        listed = self.folder / "mail" / "dovecot-uidlist"
        head, *mails = listed.read_text().splitlines()
        words = [f"V{int(word[1:]) + 1}" if word.startswith("V") else word for word in head.split()]
        listed.write_text("\n".join([" ".join(words), *mails, ""]))
        for path in (self.folder / "mail").glob("dovecot.*"):
            path.unlink()


def _user() -> pwd.struct_passwd:
    """Return as whom the server runs: it lets the superuser read no mail."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _free_ports() -> tuple[int, int]:
    """Return two ports that are free now; somebody else may take them before the server does."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def running() -> Iterator[Imap]:
    """Run a server on free ports of loopback, in a short path: its sockets' names are bounded."""
    folder = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
    certificate(folder)
    try:
        server = _started(folder)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> Imap:
    """Return a server that answers, on other ports where those it was given were taken meanwhile."""
    for _ in range(5):
        server = _set_up(folder)
        try:
            server.start()
        except NotStartedError as error:
            told = str(error)
        else:
            return server
    raise AssertionError(told)


def _set_up(folder: Path) -> Imap:
    """Write the settings of a server; return it, not started yet."""
    import grp

    who, server = _user(), Imap(folder, *_free_ports())
    names = {"user": who.pw_name, "group": grp.getgrgid(who.pw_gid).gr_name}
    ids = {"uid": who.pw_uid, "gid": who.pw_gid}
    words = WHOLE.format(folder=folder, secret=SECRET, port=server.port, secure=server.secure, **names, **ids)
    (folder / "dovecot.conf").write_text(words)
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, who.pw_uid, who.pw_gid)
    return server
