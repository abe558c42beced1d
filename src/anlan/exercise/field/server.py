"""The field process: one line of JSON a request over loopback. `python -m anlan.exercise.field.server FOLDER SECONDS`."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from anlan.exercise.field.gauges import Gauges
from anlan.exercise.field.network import Network, load_settings
from anlan.exercise.field.people import Behaviour, NetworkSettings
from anlan.exercise.rules.night import Night

LINE_LIMIT = 16 * 1024 * 1024
LOOK_SECONDS = 0.5


class Field:
    """Gauges and telephones of one exercise."""

    def __init__(self, folder: Path) -> None:
        settings = load_settings(folder / "settings.json")
        people = Behaviour(NetworkSettings.of(settings["network"]), int(settings["seed"]))
        self.network = Network(folder / "network.sqlite3", people)
        self.gauges = Gauges(Night.of(settings["night"]))
        self.stop = asyncio.Event()
        self.lines = 0

    async def answer(self, request: dict[str, Any]) -> Any:
        """One request."""
        match request["op"]:
            case "place":
                return {"rang": self.network.place(request["requests"])}
            case "reports":
                return self.network.reports(request["after"], request["until"])
            case "tick":
                n = int(request["n"])
                host, port = request["host"], int(request["port"])
                sent, acked = await self.gauges.tick(n, host, port, request["passwords"])
                self.network.sent(n, sent, acked)
                return {"sent": sent, "acked": acked}
            case "counts":
                return self.network.counts()
            case "rings":
                return self.network.rings()
            case "stop":
                self.stop.set()
                return {}
        raise ValueError(f"unknown op {request['op']!r}")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self.answer(json.loads(line))).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass  # the engine went away; it will come back
        finally:
            self.lines -= 1
            writer.close()

    async def end_when_alone(self, seconds: float) -> None:
        """Stop once nobody has held a line for so long; what stands in the books is there for the next one."""
        alone = 0.0
        while alone < seconds:
            await asyncio.sleep(LOOK_SECONDS)
            alone = 0.0 if self.lines else alone + LOOK_SECONDS
        self.stop.set()


async def main(folder: Path, alone_s: float) -> None:
    """Serve until told to stop, or alone for too long; the port stands in `port` beside the books."""
    field = Field(folder)
    server = await asyncio.start_server(field.serve, "127.0.0.1", 0, limit=LINE_LIMIT)
    port = server.sockets[0].getsockname()[1]
    scratch = folder / "port.new"
    scratch.write_text(json.dumps({"port": port, "pid": os.getpid()}))
    scratch.rename(folder / "port")
    async with server:
        watch = asyncio.create_task(field.end_when_alone(alone_s))
        await field.stop.wait()
        watch.cancel()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
