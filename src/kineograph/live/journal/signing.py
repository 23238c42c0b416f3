"""An Ed25519 key in two files: who holds the private one can sign, who has the public one can see.

Ed25519 (RFC 8032) by the library `cryptography`. The fingerprint of a key is the SHA-256 of its 32
public bytes, short enough to be read aloud.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kineograph.errors import InputError
from kineograph.whole_file import settle, temporary_beside, write_bytes_whole

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

PURPOSE = b"kineograph evidence journal, entry "  # a signature for this can serve for nothing else


class Signer:
    """Signs with the private key in `path`, which is made at first use; `path`.pub beside it.

    Raises InputError for a file that holds no such key, OSError where the disk refuses.
    """

    def __init__(self, path: Path):
        self._key = _read_private(path) if path.exists() else _make_private(path)
        public = public_path(path)
        self.public_key = self._key.public_key()
        self.fingerprint = fingerprint(self.public_key)
        if not public.exists():
            write_bytes_whole(public, _public_pem(self.public_key))
            settle(public)

    def sign(self, digest: str) -> str:
        """The signature of an entry's hash, 128 hexadecimal digits."""
        return self._key.sign(PURPOSE + digest.encode()).hex()


def public_path(private: Path) -> Path:
    """Where the public key lies."""
    return private.with_name(f"{private.name}.pub")


def read_public(path: Path) -> Ed25519PublicKey:
    """A public key from its PEM file. Raises InputError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{path}: the public key cannot be read ({error.strerror}), and no signature can be "
            "checked without it. Give --public-key FILE."
        ) from None
    except Exception:  # the library has several for what is no key
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"{path}: is no Ed25519 public key in PEM. Give the journal's .pub file.")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the public key's 32 bytes, in hexadecimal digits."""
    return sha256(key.public_bytes_raw()).hexdigest()


def is_signed(key: Ed25519PublicKey, digest: str, signature: str) -> bool:
    """Whether the private half of `key` signed this hash."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(bytes.fromhex(signature), PURPOSE + digest.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _read_private(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = path.read_bytes()
    try:
        key = load_pem_private_key(content, password=None)
    except Exception:  # the library has several for what is no key
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(
            f"{path}: is no Ed25519 private key in PEM without a password. Put the journal's own "
            "key back, or name another file."
        )
    return key


def _make_private(path: Path) -> Ed25519PrivateKey:
    """A new key on the disk, readable by its owner alone from its first byte on."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = temporary_beside(path)
    try:
        file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(content)
        os.replace(part, path)
        settle(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return key


def _public_pem(key: Ed25519PublicKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
