"""A made-up bot for looking at the page: cards with a QR, a staff panel, a menu. Nothing of the product is in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import aiohttp
import qrcode
from PIL import Image, ImageDraw

from bot.sandbox import Sandbox
from tests.bot.sandbox.api import Api

Json = dict[str, Any]


@asynccontextmanager
async def toy_bot(sandbox: Sandbox) -> AsyncIterator[None]:
    """Serves the people of the sandbox until the end of the block."""
    async with aiohttp.ClientSession() as http:
        api = Api(sandbox, http)
        commands = [
            {"command": "card", "description": "Show my card"},
            {"command": "history", "description": "What happened"},
        ]
        await api.ok("setMyCommands", commands=commands)
        await api.ok("setMyDescription", description="A card without an app.\nScan the poster and tap START.")
        serving = asyncio.create_task(_ToyBot(api).serve())
        yield
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


class _ToyBot:
    def __init__(self, api: Api) -> None:
        self.api = api
        self.stamps: dict[int, int] = {}

    async def serve(self) -> None:
        offset = 0
        while True:
            for update in await self.api.ok("getUpdates", offset=offset, timeout=50):
                offset = update["update_id"] + 1
                if query := update.get("callback_query"):
                    await self.tapped(query)
                elif message := update.get("message"):
                    await self.said(message["chat"]["id"], message)

    async def said(self, chat_id: int, message: Json) -> None:
        text = message.get("text", "")
        if text.startswith("/start card"):
            await self.show_panel(chat_id, int(text.removeprefix("/start card")))
        elif text.startswith(("/start", "/card")):
            await self.show_card(chat_id, message["from"]["first_name"])
        elif text == "/keys":
            await self.show_keys(chat_id)
        else:
            shared = message.get("users_shared", {}).get("users", [])
            echo = f"You said: {text}" if text else f"You sent something ({len(shared)} people)."
            await self.api.ok("sendMessage", chat_id=chat_id, text=echo)

    async def show_card(self, chat_id: int, name: str) -> None:
        picture = card_picture(self.api.sandbox.link(f"card{chat_id}"), self.stamps.get(chat_id, 3))
        rows = [
            [{"text": "Copy the number", "copy_text": {"text": "482 109 375"}}],
            [
                {"text": "History", "callback_data": "history"},
                {"text": "Site", "url": "https://example.com/"},
            ],
        ]
        await self.api.ok("sendMessage", chat_id=chat_id, text=f"Welcome, {name}!")
        files = {"photo": ("card.png", picture)}
        markup = {"inline_keyboard": rows}
        await self.api.upload(
            "sendPhoto", files, chat_id=chat_id, caption="3 of 10 stamps", reply_markup=markup
        )

    async def show_panel(self, chat_id: int, customer: int) -> None:
        text = "<b>Card 482 109 375</b>\n3 of 10 stamps, <i>last one yesterday</i>"
        rows = [
            [{"text": "+1", "callback_data": f"add:{customer}", "style": "success"}],
            [{"text": "Void", "callback_data": "void", "style": "danger"}],
        ]
        markup = {"inline_keyboard": rows}
        await self.api.ok("sendMessage", chat_id=chat_id, text=text, parse_mode="HTML", reply_markup=markup)

    async def show_keys(self, chat_id: int) -> None:
        keys = [["Yes", {"text": "Pick a person", "request_users": {"request_id": 1}}]]
        markup = {"keyboard": keys, "resize_keyboard": True}
        await self.api.ok("sendMessage", chat_id=chat_id, text="Choose", reply_markup=markup)
        await self.api.upload(
            "sendDocument", {"document": ("entries.csv", b"date;stamps\n" * 90)}, chat_id=chat_id
        )

    async def tapped(self, query: Json) -> None:
        if query["data"] == "history":
            answer = {"text": "Two stamps in May", "show_alert": True}
            await self.api.ok("answerCallbackQuery", callback_query_id=query["id"], **answer)
            return
        customer = int(query["data"].partition(":")[2])
        self.stamps[customer] = self.stamps.get(customer, 3) + 1
        done = f"{self.stamps[customer]} of 10 stamps"
        place = {"chat_id": query["message"]["chat"]["id"], "message_id": query["message"]["message_id"]}
        await self.api.ok("answerCallbackQuery", callback_query_id=query["id"], text="Stamped")
        await self.api.ok("editMessageText", **place, text=f"Done: {done}")
        more = {"message_effect_id": "5046509860389126442"}
        await self.api.ok("sendMessage", chat_id=customer, text=f"One stamp more: {done}", **more)


def card_picture(link: str, stamps: int) -> bytes:
    card = Image.new("RGB", (900, 560), "#fdf6e9")
    draw = ImageDraw.Draw(card)
    draw.text((50, 40), "Café Amaryllis", fill="#4a2c17", font_size=48)
    for number in range(10):
        x, y = 60 + number % 5 * 100, 220 + number // 5 * 120
        fill = "#c96f2e" if number < stamps else None
        draw.ellipse((x, y, x + 80, y + 80), outline="#8a4b1f", width=4, fill=fill)
    card.paste(qrcode.make(link, box_size=8, border=3).convert("RGB").resize((300, 300)), (570, 130))
    out = BytesIO()
    card.save(out, format="PNG")
    return out.getvalue()
