"""Apple's push service on loopback: HTTP/2 over TLS, for clients with a certificate of our authority."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded

from tests.support.authority import Files
from tests.support.patience import PATIENCE_S

Answer = tuple[int, str]
OK: Answer = (200, "")
READ_BYTES = 65_536


@dataclass(slots=True)
class Asked:
    """One request, as it came."""

    path: str
    topic: str
    peer: str
    body: bytes = b""

    @property
    def token(self) -> str:
        return self.path.removeprefix("/3/device/")


@dataclass
class PushService:
    """Gives ``answers`` in their order, then what ``answer`` returns, or OK if it is not set. A status of 0 cuts the
    connection."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    answer: Callable[[Asked], Answer] | None = None
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def gets(self, count: int) -> Sequence[Asked]:
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(lambda: len(self.asked) >= count)
        return self.asked

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tls = writer.get_extra_info("ssl_object")
        peer = dict(entry[0] for entry in tls.getpeercert()["subject"]).get("commonName", "")
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        streams: dict[int, Asked] = {}
        try:
            while data := await reader.read(READ_BYTES):
                for event in connection.receive_data(data):
                    match event:
                        case RequestReceived():
                            named = {str(name): str(value) for name, value in event.headers}
                            topic = named.get("apns-topic", "")
                            streams[event.stream_id] = Asked(named[":path"], topic, peer)
                        case DataReceived():
                            streams[event.stream_id].body += event.data
                            connection.acknowledge_received_data(
                                event.flow_controlled_length, event.stream_id
                            )
                        case StreamEnded():
                            if not await self._answers(
                                connection, event.stream_id, streams.pop(event.stream_id)
                            ):
                                return
                writer.write(connection.data_to_send())
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _answers(self, connection: H2Connection, stream: int, asked: Asked) -> bool:
        given = self.answers.pop(0) if self.answers else self.answer(asked) if self.answer else OK
        async with self.changed:
            self.asked.append(asked)
            self.changed.notify_all()
        status, reason = given
        if status == 0:
            return False
        body = json.dumps({"reason": reason}).encode() if reason else b""
        connection.send_headers(stream, [(":status", str(status))], end_stream=not body)
        if body:
            connection.send_data(stream, body, end_stream=True)
        return True


@asynccontextmanager
async def push_service(files: Files) -> AsyncIterator[PushService]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server, files.server_key)
    context.load_verify_locations(files.root)
    context.load_verify_locations(files.wwdr)
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    service = PushService()
    server = await asyncio.start_server(service._serve, "127.0.0.1", 0, ssl=context)
    service.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield service
    finally:
        server.close()
