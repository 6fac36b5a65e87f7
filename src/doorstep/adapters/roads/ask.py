"""One question to a server over HTTP, and its answer as JSON."""

from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec
from msgspec import Struct

from doorstep.base.errors import BadInput, WorldFailed

BIGGEST: Final = 64 * 2**20
"""Bytes of an answer: a hundred thousand pairs take a tenth of it."""
TRIES: Final = 2


class Answer(Struct, frozen=True, kw_only=True):
    """The status and what the body says."""

    status: int
    said: dict[str, Any]

    def short(self) -> str:
        """Give what a server says about an error, for a sentence."""
        words = [str(self.said[x]) for x in ("code", "error_code", "message", "error") if self.said.get(x)]
        return (": ".join(words) or "nothing more")[:200]


class _Stay(HTTPRedirectHandler):
    """Follow nobody: an address is asked as it was given."""

    def redirect_request(self, *_: object) -> None:
        return None


OPENER: Final = build_opener(_Stay)


def base_url(text: str) -> str:
    """
    Check the address of a server.

    Returns
    -------
    It, without a slash at its end.

    Raises
    ------
    BadInput
        It is no http or https address.
    """
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        sound = False
        parts = urlsplit("")
    if not sound or parts.query or parts.fragment or any(x.isspace() for x in text):
        raise BadInput(f"{text[:100]!r} is no address of a server; write it like http://127.0.0.1:5000")
    return text.rstrip("/")


def ask(url: str, *, body: bytes | None, timeout_s: float) -> Answer:
    """
    Ask a server once, and once more where it did not answer.

    Parameters
    ----------
    body
        JSON to be posted; None for a plain question.
    timeout_s
        How long each wait for the server may take.

    Raises
    ------
    WorldFailed
        Nobody answers in time, or the answer is no JSON object.
    """
    shown = url.split("?", maxsplit=1)[0][:120]
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
    request = Request(url, data=body, headers=headers)  # noqa: S310 `base_url` lets http and https in only
    for turn in range(TRIES):
        try:
            with OPENER.open(request, timeout=timeout_s) as reply:
                return _read(reply.status, reply.read(BIGGEST + 1), shown)
        except HTTPError as error:
            with error:
                data = error.read(BIGGEST + 1)
            if error.code < 500 or turn + 1 == TRIES:
                return _read(error.code, data, shown)
        except TimeoutError as error:
            if turn + 1 == TRIES:
                raise WorldFailed(f"{shown}: no answer within {timeout_s:g} s, {TRIES} times over") from error
        except (URLError, OSError, ValueError) as error:
            if turn + 1 == TRIES:
                reason = getattr(error, "reason", None) or error
                what = "no answer within the time" if isinstance(reason, TimeoutError) else str(reason)
                raise WorldFailed(f"{shown}: cannot be asked ({what}); is the server there?") from error
    raise AssertionError("a try returns or raises")


def _read(status: int, data: bytes, shown: str) -> Answer:
    if len(data) > BIGGEST:
        raise WorldFailed(f"{shown}: the answer is larger than {BIGGEST // 2**20} MB; it cannot be a table")
    try:
        said = msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise WorldFailed(
            f"{shown}: answers with status {status} and no JSON; is it the server you mean, and the right address?"
        ) from error
    if not isinstance(said, dict):
        raise WorldFailed(f"{shown}: answers with JSON that is no object; is it the server you mean?")
    return Answer(status=status, said=said)
