"""Updates as Telegram writes them, with only the fields that the bot looks at."""

import json
from typing import Any

PERSON = {"id": 7_001, "is_bot": False, "first_name": "Anna", "language_code": "en"}
PRIVATE = {"id": 7_001, "type": "private", "first_name": "Anna"}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 1, "date": 1_781_514_000, "chat": PRIVATE, "from": PERSON} | content


def callback(data: str | None) -> dict[str, Any]:
    found = {"id": "1", "from": PERSON, "chat_instance": "1", "message": message(text="a card")}
    return found if data is None else found | {"data": data}


def photo() -> list[dict[str, Any]]:
    return [{"file_id": "1", "file_unique_id": "1", "width": 90, "height": 90}]


def in_update(content: dict[str, Any], update_id: int = 1) -> str:
    return json.dumps({"update_id": update_id} | content)
