"""References between artifacts: the two schemes of W&B, made and taken apart.

- ``wandb-artifact://<hex of the server id's bytes>/<path>``: an artifact that a server knows.
- ``wandb-client-artifact://<client id>/<path>``: one that was not on a server when the reference was made.

Paths in them are not percent-encoded, and are never decoded. All other references are text to show; nobody follows
them.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from typing import NamedTuple

__all__ = ["ArtifactRef", "client_ref", "mask_credentials", "new_client_id", "parse_ref", "server_id_hex", "server_ref"]

_SERVER, _CLIENT = "wandb-artifact", "wandb-client-artifact"
_REF = re.compile(rf"({_SERVER}|{_CLIENT})://([^/]+)/(.+)", re.DOTALL)
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")


class ArtifactRef(NamedTuple):
    """A reference to an entry of an artifact."""

    by_server_id: bool
    """Whether `id` is a server id (base64, as W&B's interface has it) or a client id."""
    id: str
    path: str
    """Entry there."""


def parse_ref(ref: str | None) -> ArtifactRef | None:
    """Take a reference to an artifact apart; None if it is of another kind."""
    found = _REF.fullmatch(ref) if ref else None
    if found is None:
        return None
    scheme, host, path = found.groups()
    if scheme == _CLIENT:
        return ArtifactRef(by_server_id=False, id=host, path=path)
    try:
        return ArtifactRef(by_server_id=True, id=base64.b64encode(bytes.fromhex(host)).decode("ascii"), path=path)
    except ValueError:
        return ArtifactRef(by_server_id=True, id=host, path=path)


def client_ref(client_id: str, path: str) -> str:
    """Return the reference to an entry of the artifact with that client id."""
    return f"{_CLIENT}://{client_id}/{path}"


def server_ref(server_id: str, path: str) -> str:
    """Return the reference to an entry of the artifact with that server id."""
    return f"{_SERVER}://{server_id_hex(server_id)}/{path}"


def server_id_hex(server_id: str) -> str:
    """Return a server id (base64) as references spell it."""
    try:
        return base64.b64decode(server_id, validate=True).hex()
    except (binascii.Error, ValueError):
        return server_id.encode("utf-8", "surrogatepass").hex()


def new_client_id() -> str:
    """Return a random identifier of an artifact: 128 hex digits."""
    return secrets.token_hex(64)


def mask_credentials(uri: str) -> str:
    """Return a URI as it may be shown: user name and password hidden."""
    return _CREDENTIALS.sub("…", uri)
