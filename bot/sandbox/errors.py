"""What the Bot API answers when it refuses: `{"ok": false, "error_code": ..., "description": ...}`.

Source: https://core.telegram.org/bots/api#making-requests
"""

from dataclasses import dataclass


@dataclass(eq=False)
class ApiError(Exception):
    """A refusal: the HTTP status is the error code; `retry_after_seconds` is set for 429."""

    status: int
    description: str
    retry_after_seconds: int | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.description}"


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def not_found(reason: str) -> ApiError:
    return ApiError(404, f"Not Found: {reason}")


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(retry_after_seconds: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after_seconds}", retry_after_seconds)
