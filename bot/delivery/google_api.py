"""Google's service for passes, spoken to over REST (https://developers.google.com/wallet/reference/rest), with the
token that a service account is given (RFC 7523).

Each request gives the whole of a class or an object, so repeats do no harm. Of what Google says, only a number and
one word get into a reason.
"""

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

import httpx
import msgspec

from bot.kit.clock import Clock
from bot.kit.service_account import ServiceAccount
from domain.quick import dataclass

SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ANSWERS_WITHIN_S = 15.0
TOKEN_FOR = timedelta(hours=1)
RENEWED_BEFORE = timedelta(minutes=2)
"""A token is renewed so long before its end, so that none runs out on the way."""
REQUESTS_PER_SECOND = 20.0
"""As many as Google takes of one issuer (https://developers.google.com/wallet/retail/loyalty-cards/resources/performance-tips)."""
FIRST_REST_S, LONGEST_REST_S = 1.0, 60.0
"""How long the service is left alone when it cannot be reached or has had enough: doubled each time."""
REFUSED_S = 600.0
"""The same when it does not take our account."""
RETRY_AFTER_MAX_S = 3600.0
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, EXISTS, TOO_MANY, UNAVAILABLE = 401, 403, 404, 409, 429, 503
QUOTAS = frozenset({"quotaExceeded", "rateLimitExceeded", "userRateLimitExceeded"})
_WORD = re.compile(r"[A-Za-z_]{1,40}")

Kind = Literal["loyaltyClass", "loyaltyObject"]
Resource = Mapping[str, Any]


@dataclass(eq=False)
class NotTaken(Exception):
    """``seconds`` where the service as a whole is to be left alone for so long; ``is_for_good`` where it will never
    take this."""

    reason: str
    seconds: float | None = None
    is_for_good: bool = False


class GoogleApi:
    def __init__(self, url: str, account: ServiceAccount, clock: Clock) -> None:
        self._url = url
        self._client = httpx.AsyncClient(verify=_trusted(), timeout=ANSWERS_WITHIN_S, trust_env=False)
        self._tokens = _Tokens(self._client, account, clock)
        self._rest = _Rest(clock)
        self._next_at = 0.0

    @property
    def trouble(self) -> str | None:
        return self._rest.reason

    async def patch(self, kind: Kind, resource: Resource, *, is_new: bool) -> None:
        """Makes or changes the resource, which is probably not there yet if ``is_new``. Raises NotTaken."""
        status = EXISTS if not is_new else await self._send("POST", kind, resource)
        if status == EXISTS:
            status = await self._send("PATCH", kind, resource)
        if status == NOT_FOUND:
            status = await self._send("POST", kind, resource)
        if status in (NOT_FOUND, EXISTS):
            raise NotTaken(f"google {status} {kind}")

    async def replace(self, kind: Kind, resource: Resource) -> None:
        """Replaces all of the resource; does nothing if it is not there. Raises NotTaken."""
        await self._send("PUT", kind, resource)

    async def close(self) -> None:
        await self._tokens.close()
        await self._client.aclose()

    async def _send(self, method: str, kind: Kind, resource: Resource) -> int:
        """The status: a success, NOT_FOUND or EXISTS. Raises NotTaken."""
        if left_s := self._rest.left_s:
            raise NotTaken(self._rest.reason or "", left_s)
        path = kind if method == "POST" else f"{kind}/{resource['id']}"
        try:
            answer = await self._answer(method, path, msgspec.json.encode(resource))
        except NotTaken as failure:
            self._rest.failed(failure)
            raise
        except httpx.HTTPError as error:
            raise self._rest.began(f"google {type(error).__name__}") from None
        if answer.is_success or answer.status_code in (NOT_FOUND, EXISTS):
            self._rest.ended()
            return answer.status_code
        raise self._failure(answer)

    async def _answer(self, method: str, path: str, content: bytes) -> httpx.Response:
        """Asks, and once more with another token where the first was refused: it may have been revoked before its
        end. Raises NotTaken, httpx.HTTPError."""
        token = await self._tokens.token()
        answer = await self._asked(method, path, content, token)
        if answer.status_code == UNAUTHORIZED:
            self._tokens.forget(token)
            answer = await self._asked(method, path, content, await self._tokens.token())
        return answer

    async def _asked(self, method: str, path: str, content: bytes, token: str) -> httpx.Response:
        await self._turn()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await self._client.request(method, f"{self._url}/{path}", content=content, headers=headers)

    async def _turn(self) -> None:
        """Waits for the request's turn: one after the other, at the allowed pace, by a clock that is never set."""
        now = time.monotonic()
        at = max(now, self._next_at)
        self._next_at = at + 1 / REQUESTS_PER_SECOND
        if at > now:
            await asyncio.sleep(at - now)

    def _failure(self, answer: httpx.Response) -> NotTaken:
        status, word = answer.status_code, _reason(answer)
        said = f"google {status} {word}".rstrip()
        if status in (UNAUTHORIZED, TOO_MANY, UNAVAILABLE) or (status == FORBIDDEN and word in QUOTAS):
            return self._rest.began(said, _retry_after(answer))
        if status == FORBIDDEN:
            return self._rest.began(said, REFUSED_S)
        self._rest.ended()
        return NotTaken(said, is_for_good=answer.is_client_error)


class _Tokens:
    """One token, used until shortly before its end. All who need another one ask for it together."""

    def __init__(self, client: httpx.AsyncClient, account: ServiceAccount, clock: Clock) -> None:
        self._client = client
        self._account = account
        self._clock = clock
        self._token: str | None = None
        self._until: datetime | None = None
        self._renewal: asyncio.Task[str] | None = None

    async def token(self) -> str:
        """Raises NotTaken, httpx.HTTPError."""
        if self._token is not None and self._until is not None and self._clock() < self._until:
            return self._token
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renewed())
            self._renewal.add_done_callback(self._is_over)
        return await asyncio.shield(self._renewal)

    def forget(self, token: str) -> None:
        if self._token == token:
            self._token = None

    async def close(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait({self._renewal})

    async def _renewed(self) -> str:
        now = self._clock()
        given = await self._given(now)
        self._token, self._until = given.access_token, now + _lasting(given.expires_in)
        return self._token

    def _is_over(self, renewal: "asyncio.Task[str]") -> None:
        """Those who wait for the token get the error; it is no fault if nobody waits any more."""
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()

    async def _given(self, now: datetime) -> "_Token":
        began = int(now.timestamp())
        claims = {
            "iss": self._account.email,
            "scope": SCOPE,
            "aud": self._account.token_url,
            "iat": began,
            "exp": began + int(TOKEN_FOR.total_seconds()),
        }
        form = {"grant_type": GRANT, "assertion": self._account.signed(claims)}
        answer = await self._client.post(self._account.token_url, data=form)
        if answer.is_success:
            try:
                return msgspec.json.decode(answer.content, type=_Token)
            except msgspec.MsgspecError:
                raise NotTaken("google token unreadable", REFUSED_S) from None
        said = f"google token {answer.status_code}"
        is_refused = answer.is_client_error and answer.status_code != TOO_MANY
        raise NotTaken(said, REFUSED_S if is_refused else _retry_after(answer) or FIRST_REST_S)


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int


class _Rest:
    """``reason`` is why the service is left alone, None while all is well."""

    def __init__(self, clock: Clock) -> None:
        self.reason: str | None = None
        self._clock = clock
        self._until = 0.0
        self._next_s = FIRST_REST_S

    @property
    def left_s(self) -> float:
        """Seconds that are left of the rest; 0 too where its end is further ahead than it can be, because the clock
        was put back since."""
        left_s = self._until - self._clock().timestamp()
        return left_s if 0 < left_s < RETRY_AFTER_MAX_S + 1 else 0.0

    def began(self, reason: str, seconds: float | None = None) -> NotTaken:
        """``seconds`` is what Google asked for; None is for longer each time."""
        if seconds is None:
            if not self.left_s:
                self._next_s = min(2 * self._next_s, LONGEST_REST_S) if self.reason else FIRST_REST_S
            seconds = self._next_s
        self.reason = reason
        self._until = self._clock().timestamp() + max(self.left_s, seconds)
        return NotTaken(reason, seconds)

    def failed(self, failure: NotTaken) -> None:
        if failure.seconds is not None:
            self.began(failure.reason, failure.seconds)

    def ended(self) -> None:
        """An answer ends the rest, unless it was asked for before the rest began."""
        if not self.left_s:
            self.reason = None


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that the system trusts, read once: reading the list takes long."""
    return ssl.create_default_context()


def _lasting(seconds: int) -> timedelta:
    return max(timedelta(seconds=seconds) - RENEWED_BEFORE, timedelta())


def _retry_after(answer: httpx.Response) -> float | None:
    said = answer.headers.get("Retry-After", "")
    return min(float(said), RETRY_AFTER_MAX_S) if re.fullmatch(r"\d{1,9}", said) else None


class _Error(msgspec.Struct):
    reason: str = ""


class _Errors(msgspec.Struct):
    status: str = ""
    errors: list[_Error] = []


class _Refusal(msgspec.Struct):
    error: _Errors


def _reason(answer: httpx.Response) -> str:
    """At most one word, whoever answers."""
    try:
        refusal = msgspec.json.decode(answer.content, type=_Refusal).error
    except msgspec.MsgspecError:
        return ""
    words = [*(each.reason for each in refusal.errors), refusal.status]
    return next((word for word in words if _WORD.fullmatch(word)), "")
