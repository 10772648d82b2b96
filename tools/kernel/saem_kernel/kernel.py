"""The Jupyter side of the engine: messages in, messages out."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any

from ipykernel.kernelbase import Kernel

from . import __version__
from .engine import Engine, EngineDied, Event, Options
from .source import completeness

RED = "\x1b[0;31m"
RESET = "\x1b[0m"


class SaemKernel(Kernel):
    """C++ cells, compiled and run by saem-engine.

    The engine starts with the first request, so that a kernel which only answers kernel_info (as
    notebook servers ask when they list kernels) costs nothing.
    """

    implementation = "saem"
    implementation_version = __version__
    banner = "C++20 with saem"
    language_info = {
        "name": "c++",
        "version": "20",
        "mimetype": "text/x-c++src",
        "codemirror_mode": "text/x-c++src",
        "pygments_lexer": "cpp",
        "file_extension": ".cpp",
    }

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._options = Options(
            engine=os.environ.get("SAEM_ENGINE", "saem-engine"),
            arguments=json.loads(os.environ.get("SAEM_ENGINE_ARGUMENTS", "[]")),
        )
        self._engine: Engine | None = None
        self._start_engine()

    async def do_execute(  # type: ignore[override]
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: dict[str, Any] | None = None,
        allow_stdin: bool = False,
        *,
        cell_meta: dict[str, Any] | None = None,
        cell_id: str | None = None,
    ) -> dict[str, Any]:
        """Runs a cell and publishes its output while it runs."""
        def handle(event: Event) -> None:
            if event["event"] == "output":
                # The engine sends what was printed in pieces that a browser can keep up with.
                self._publish_stream(silent, event["stream"], event["text"])
            elif not silent:
                self._publish(event)

        before = signal.getsignal(signal.SIGINT)
        try:
            engine = self._ready_engine(handle)
            signal.signal(signal.SIGINT, lambda number, frame: engine.interrupt())
            label = f"cell[{self.execution_count}]"
            answer = engine.execute(code, label, cell_id or "", handle)
        except EngineDied as death:
            self._engine = None
            answer = self._restart_after(death)
        finally:
            signal.signal(signal.SIGINT, before)
        if answer["status"] == "ok":
            return self._reply(status="ok", payload=[], user_expressions={})
        return self._report(answer, silent)

    async def do_complete(  # type: ignore[override]
        self, code: str, cursor_pos: int
    ) -> dict[str, Any]:
        """Completes names as the compiler sees them at the cursor."""
        try:
            answer = self._ready_engine().complete(code, cursor_pos)
        except EngineDied:
            self._engine = None
            answer = {"matches": [], "start": cursor_pos, "end": cursor_pos}
        start, end = answer["start"], answer["end"]
        types = [
            {
                "start": start,
                "end": end,
                "text": match["text"],
                "type": match["kind"],
                "signature": match["signature"],
            }
            for match in answer["matches"]
        ]
        return {
            "status": "ok",
            "matches": [match["text"] for match in answer["matches"]],
            "cursor_start": start,
            "cursor_end": end,
            "metadata": {"_jupyter_types_experimental": types},
        }

    async def do_inspect(  # type: ignore[override]
        self, code: str, cursor_pos: int, detail_level: int = 0, omit_sections: Any = ()
    ) -> dict[str, Any]:
        """Shows declarations and their comments."""
        try:
            answer = self._ready_engine().inspect(code, cursor_pos)
        except EngineDied:
            self._engine = None
            answer = {"entries": []}
        parts = []
        for entry in answer["entries"]:
            lines = [entry["declaration"]]
            if entry["comment"]:
                lines += ["", entry["comment"]]
            if entry["place"]:
                lines += ["", entry["place"]]
            parts.append("\n".join(lines))
        text = ("\n\n" + "-" * 40 + "\n\n").join(parts)
        return {
            "status": "ok",
            "found": bool(parts),
            "data": {"text/plain": text} if parts else {},
            "metadata": {},
        }

    async def do_is_complete(self, code: str) -> dict[str, Any]:  # type: ignore[override]
        """Tells a console whether Enter ends the input."""
        status, indent = completeness(code)
        return {"status": status, "indent": indent}

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:  # type: ignore[override]
        """Ends the engine with the kernel; a restart begins with a new one."""
        if self._engine:
            self._engine.close()
            self._engine = None
        return {"status": "ok", "restart": restart}

    def _start_engine(self) -> None:
        self._engine = Engine(self._options)
        self._started = False

    def _ready_engine(self, handler: Callable[[Event], None] | None = None) -> Engine:
        if self._engine is None:
            self._start_engine()
        assert self._engine
        if not self._started:
            self._engine.wait_ready(handler or (lambda event: None))
            self._started = True
        return self._engine

    def _restart_after(self, death: EngineDied) -> Event:
        message = (
            f"{death.describe()}. A fresh one has been started: "
            "variables and functions are gone, run their cells again."
        )
        if not self._started:
            message = f"{death.describe()}. It did not get as far as running cells."
        else:
            self._start_engine()
        return {"status": "error", "kind": "engine", "name": "EngineDied", "message": message}

    def _report(self, answer: Event, silent: bool) -> dict[str, Any]:
        name, message = answer["name"], answer["message"]
        if answer["kind"] == "compile" and name == "CompileError":
            traceback = message.rstrip("\n").split("\n")
        elif message:
            traceback = [f"{RED}{name}{RESET}: {message}"]
        else:
            traceback = [f"{RED}{name}{RESET}"]
        traceback += answer.get("trace", [])
        plain = _without_colours(message)
        first = next((line for line in plain.split("\n") if line.strip()), "")
        content = {"ename": name, "evalue": first, "traceback": traceback}
        if not silent:
            self.send_response(self.iopub_socket, "error", content)
        return self._reply(status="error", **content)

    def _reply(self, **content: Any) -> dict[str, Any]:
        return {**content, "execution_count": self.execution_count}

    def _publish_stream(self, silent: bool, stream: str, text: str) -> None:
        if not silent:
            self.send_response(self.iopub_socket, "stream", {"name": stream, "text": text})

    def _publish(self, event: Event) -> None:
        if event["event"] == "notice":
            text = f"saem: {event['text']}\n"
            self.send_response(self.iopub_socket, "stream", {"name": "stderr", "text": text})
            return
        content: dict[str, Any] = {"data": event["data"], "metadata": {}}
        if event["event"] == "result":
            content["execution_count"] = self.execution_count
            self.send_response(self.iopub_socket, "execute_result", content)
        elif event["event"] == "display":
            self.send_response(self.iopub_socket, "display_data", content)


def _without_colours(text: str) -> str:
    parts = text.split("\x1b[")
    return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])
