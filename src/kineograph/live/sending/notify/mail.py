"""By e-mail: text and HTML, the film strip in it, the clip attached if it is not too large."""

import hashlib
import mimetypes
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Literal

from kineograph.errors import InputError
from kineograph.live.sending.message import (
    BEGUN,
    CLIPS,
    PICTURES,
    Enclosed,
    Message,
    Refused,
    first_line,
    pick,
)
from kineograph.live.sending.notify.mail_page import as_html, as_text
from kineograph.live.sending.secret import Secret, unsaid

NEAR = ("localhost", "127.0.0.1", "::1")  # a password to them meets no wire
PORTS = {"starttls": 587, "tls": 465, "none": 25}
LOGIN = {530, 534, 535, 538}  # the fault is the login's, not the message's: it can be put right


@dataclass(frozen=True)
class MailOptions:
    """A mail server, who writes, and to whom."""

    host: str
    sender: str
    to: tuple[str, ...]
    security: Literal["starttls", "tls", "none"] = "starttls"
    port: int = 0  # 0: 587, 465 or 25, as the security asks
    username: str = ""
    password_env: str = ""
    password_file: Path | None = None
    most_bytes: int = 10_000_000  # of all that is attached; a larger clip is named with its hash
    timeout_seconds: float = 30.0  # for each answer until the mail itself is sent
    longest_seconds: float = 300.0  # for the mail itself: a clip may go out through a slow line
    ca_file: Path | None = None  # whom to trust beside the system's authorities
    name: str = "mail"

    def __post_init__(self) -> None:
        """Refuse what cannot be sent, or would show the password."""
        for address in (self.sender, *self.to):
            local, _, domain = address.partition("@")
            if not (local and domain) or "@" in domain or set(address) & set(" \r\n,:<>"):
                raise InputError(
                    f"{self.name}: what stands before '@{domain}' or after it makes no address. "
                    "Write NAME@DOMAIN alone."
                )
        if not self.to:
            raise InputError(f"{self.name}: nobody to write to. Name someone in to.")
        if bool(self.username) != bool(self.password_env or self.password_file):
            raise InputError(
                f"{self.name}: a username and its password belong together. Give username, and "
                "password_env or password_file; or neither."
            )
        if self.username and self.security == "none" and self.host not in NEAR:
            raise InputError(
                f"{self.name}: {self.host} would be told the password in the open. Set "
                'security = "starttls" or "tls".'
            )


class MailSink:
    """One connection a message."""

    def __init__(self, options: MailOptions):
        self._options = options
        self._password = Secret("password", options.password_env, options.password_file)
        self._context = ssl.create_default_context()
        if options.ca_file:
            try:
                self._context.load_verify_locations(options.ca_file)
            except OSError as error:
                raise InputError(
                    f"ca_file {options.ca_file}: holds no certificates "
                    f"({error.strerror or 'not PEM'}). Name the PEM file of the authority."
                ) from None
        if self._password.given and not self._password.read().isascii():  # now, while someone looks
            raise InputError(
                f"{options.name}: its password has signs beyond ASCII, which this program cannot "
                "give a mail server. Choose another, or a password for applications."
            )

    def send(self, message: Message) -> None:
        """Send it. Raises Refused where the server says no for good, another error to try again."""
        options = self._options
        password = self._password.read() if self._password.given else ""
        with unsaid(password, f"\0{options.username}\0{password}" if password else ""):
            mail = compose(message, options)
            try:
                left = self._hand_over(mail, password)
            except smtplib.SMTPRecipientsRefused as error:
                left = error.recipients
            except smtplib.SMTPResponseException as error:
                line = f"{error.smtp_code} {first_line(_words(error.smtp_error))}"
                if error.smtp_code >= 500 and error.smtp_code not in LOGIN:
                    raise Refused(line) from None
                raise RuntimeError(line) from None
            _look_at_refusals(left, len(options.to))

    def close(self) -> None:
        """Nothing is held open."""

    def _hand_over(self, mail: EmailMessage, password: str) -> dict[str, tuple[int, bytes]]:
        """Returns whom the server does not take it for, with its answers."""
        server = self._connect()
        try:
            if password:
                server.login(self._options.username, password)
            if server.sock:
                server.sock.settimeout(self._options.longest_seconds)
            left = server.send_message(mail, self._options.sender, list(self._options.to))
            with suppress(OSError):  # it has the mail: what it says at parting changes nothing
                server.quit()
            return left
        finally:
            server.close()

    def _connect(self) -> smtplib.SMTP:
        options = self._options
        port = options.port or PORTS[options.security]
        if options.security == "tls":
            return smtplib.SMTP_SSL(
                options.host, port, timeout=options.timeout_seconds, context=self._context
            )
        server = smtplib.SMTP(options.host, port, timeout=options.timeout_seconds)
        if options.security == "starttls":
            try:
                server.starttls(
                    context=self._context
                )  # raises if the server has none: no plain mail
            except BaseException:
                server.close()
                raise
        return server


def compose(message: Message, options: MailOptions) -> EmailMessage:
    """The mail of a message; its Message-ID is the same at every try."""
    files = message.look()
    strip, clip, rest = _fitting(files, options.most_bytes)
    mail = EmailMessage()
    mail["Subject"] = message.subject()
    mail["From"] = options.sender
    mail["To"] = ", ".join(options.to)
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = _mail_id(message.key, options.sender)
    mail["Auto-Submitted"] = "auto-generated"  # no holiday answers, please
    if message.phase != BEGUN:  # beside the mail of its begin, in programs that sort by threads
        begun = f"{message.key.removesuffix(message.phase)}{BEGUN}"
        mail["In-Reply-To"] = mail["References"] = _mail_id(begun, options.sender)
    mail.set_content(as_text(message, clip, rest))
    picture = f"{_digest(message.key)}-strip@kineograph"
    mail.add_alternative(
        as_html(message, clip, rest, f"cid:{picture}" if strip else ""), subtype="html"
    )
    if strip:
        kind, subtype = PICTURES[strip.path.suffix.lower()].split("/")
        html = mail.get_payload()[1]  # type: ignore[index]
        html.add_related(  # type: ignore[union-attr]
            strip.path.read_bytes(), kind, subtype, cid=f"<{picture}>", filename=strip.name,
            disposition="inline",
        )  # fmt: skip
    if clip:
        kind = mimetypes.guess_type(clip.name)[0] or "application/octet-stream"
        kind, subtype = kind.split("/")
        mail.add_attachment(
            clip.path.read_bytes(), maintype=kind, subtype=subtype, filename=clip.name
        )
    return mail


def _fitting(
    files: list[Enclosed], most_bytes: int
) -> tuple[Enclosed | None, Enclosed | None, list[Enclosed]]:
    """The strip and the clip that fit, and all files that are only named."""
    strip = pick(files, set(PICTURES))
    if strip and strip.size_bytes > most_bytes:
        strip = None
    left = most_bytes - (strip.size_bytes if strip else 0)
    clip = pick(files, CLIPS)
    if clip and clip.size_bytes > left:
        clip = None
    return strip, clip, [file for file in files if file not in (strip, clip)]


def _look_at_refusals(left: dict[str, tuple[int, bytes]], everyone: int) -> None:
    """Some have not been taken: for good only if it is so for each of them."""
    if not left:
        return
    said = "; ".join(
        f"{address}: {code} {first_line(_words(words))}" for address, (code, words) in left.items()
    )
    if len(left) < everyone:
        said += "; the others have it"
    if all(code >= 500 for code, _ in left.values()):
        raise Refused(said)
    raise RuntimeError(said)


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _mail_id(key: str, sender: str) -> str:
    return f"<{_digest(key)}@{sender.partition('@')[2]}>"
