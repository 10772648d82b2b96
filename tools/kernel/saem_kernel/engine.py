"""The engine as a process: starting it, talking to it, stopping it.

The protocol is in README.md. This module knows nothing of Jupyter, so that tests drive the engine
with the same code that the kernel uses.
"""

from __future__ import annotations

import codecs
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]
Handler = Callable[[Event], None]

CHUNK = 1 << 16
START_TIMEOUT = 180.0  # precompiling the headers again takes seconds, on a busy machine many


class EngineDied(Exception):
    """The engine ended without an answer; `status` is as subprocess reports it."""

    def __init__(self, status: int | None, last_words: str) -> None:
        self.status = status
        self.last_words = last_words
        super().__init__(self.describe())

    def describe(self) -> str:
        """One sentence for the person at the notebook."""
        if self.status is not None and self.status < 0:
            reason = f"was ended by {signal.Signals(-self.status).name}"
        else:
            reason = f"ended with status {self.status}"
        words = self.last_words.strip()
        return f"the C++ engine {reason}" + (f" ({words})" if words else "")


@dataclass
class Options:
    """How the engine is started; see `saem-engine --help`."""

    engine: str
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


class Engine:
    """One engine process.

    Output that goes round the C library (`write(2)`, child processes) arrives on plain pipes and
    is merged in as it comes; all else arrives in order on the channel.
    """

    def __init__(self, options: Options) -> None:
        request_read, request_write = os.pipe()
        event_read, event_write = os.pipe()
        environment = {**os.environ, **options.environment}
        command = [options.engine, *options.arguments]
        command += ["--channel", str(request_read), str(event_write)]
        # A session of its own: Ctrl-C and Jupyter's interrupts reach the engine only through us.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(request_read, event_write),
            env=environment,
            start_new_session=True,
        )
        os.close(request_read)
        os.close(event_write)
        self._requests = request_write
        self._events = event_read
        self._buffer = bytearray()
        self._last_words = ""
        self._next_id = 0
        self._decoders: dict[str, codecs.IncrementalDecoder] = {}
        self._selector = selectors.DefaultSelector()
        assert self._process.stdout and self._process.stderr
        self._raw = {
            self._process.stdout.fileno(): "stdout",
            self._process.stderr.fileno(): "stderr",
        }
        for descriptor in (self._events, *self._raw):
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def wait_ready(self, handler: Handler, timeout: float = START_TIMEOUT) -> None:
        """Waits until cells can be run; notices of the start go to `handler`."""
        for event in self._receive(timeout):
            if event["event"] == "ready":
                return
            if event["event"] == "fatal":
                self.close()
                raise EngineDied(self._process.poll(), event["text"])
            handler(event)

    def execute(
        self, code: str, label: str = "cell", cell_id: str = "", handler: Handler | None = None
    ) -> Event:
        """Runs a cell; its output goes to `handler` while it runs. Returns the `done` event."""
        request = {"op": "execute", "code": code, "label": label, "cell_id": cell_id}
        return self._request(request, handler or (lambda event: None))

    def complete(self, code: str, cursor: int) -> Event:
        """What could stand at character `cursor`; `start` and `end` are characters, too."""
        answer = self._query("complete", code, cursor)
        encoded = code.encode()
        for key in ("start", "end"):
            answer[key] = len(encoded[: answer[key]].decode(errors="ignore"))
        return answer

    def inspect(self, code: str, cursor: int) -> Event:
        """What the name at character `cursor` means."""
        return self._query("inspect", code, cursor)

    def interrupt(self) -> None:
        """Ends the running cell, if there is one."""
        if self.alive:
            self._process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """Ends the process, politely if it listens and surely in any case."""
        if self._events < 0:
            return
        try:
            os.write(self._requests, b'{"op":"shutdown"}\n')
        except OSError:
            pass  # it is already gone
        os.close(self._requests)
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._selector.close()
        os.close(self._events)
        self._events = -1
        assert self._process.stdout and self._process.stderr
        self._process.stdout.close()
        self._process.stderr.close()

    def _query(self, operation: str, code: str, cursor: int) -> Event:
        offset = len(code[:cursor].encode())
        return self._request({"op": operation, "code": code, "offset": offset}, lambda event: None)

    def _request(self, request: Event, handler: Handler) -> Event:
        self._next_id += 1
        request["id"] = self._next_id
        line = json.dumps(request).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._requests, line) :]
        except OSError as error:
            raise self._death() from error
        for event in self._receive(None):
            if event["event"] == "done" and event["id"] == self._next_id:
                for name in list(self._decoders):
                    self._emit(name, b"", handler, final=True)
                return event
            if event["event"] == "output":
                self._emit(event["stream"], event["data"], handler)
            else:
                handler(event)
        raise self._death()

    def _emit(self, stream: str, data: bytes, handler: Handler, final: bool = False) -> None:
        """Decodes, keeping half a character back until its other half comes."""
        decoder = self._decoders.setdefault(
            stream, codecs.getincrementaldecoder("utf-8")(errors="replace")
        )
        text = decoder.decode(data, final)
        if text:
            handler({"event": "output", "stream": stream, "text": text})

    def _receive(self, timeout: float | None) -> Iterator[Event]:
        """Events as they come; adjacent pieces of one stream are one event."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            wait = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready = self._selector.select(wait)
            if not ready:
                raise self._death()
            descriptors = {key.fd for key, _ in ready}
            ended = False
            if self._events in descriptors:
                ended = not self._fill()
            # What bypassed the channel was written before the answer that we may now hold.
            for descriptor, name in self._raw.items():
                data = self._read_raw(descriptor)
                if data:
                    self._last_words = data.decode(errors="replace")
                    yield {"event": "output", "stream": name, "data": data}
            yield from self._parse()
            if ended:
                raise self._death()

    def _fill(self) -> bool:
        """Reads what is there. Returns False at the end of the channel."""
        try:
            data = os.read(self._events, CHUNK)
        except BlockingIOError:
            return True
        self._buffer += data
        return bool(data)

    def _read_raw(self, descriptor: int) -> bytes:
        try:
            data = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return b""
        if not data and descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)
        return data

    def _parse(self) -> Iterator[Event]:
        pending: Event | None = None
        position = 0
        while True:
            newline = self._buffer.find(b"\n", position)
            if newline < 0:
                break
            event = json.loads(self._buffer[position:newline])
            end = newline + 1
            if event["event"] == "output":
                if end + event["bytes"] > len(self._buffer):
                    break
                data = bytes(self._buffer[end : end + event["bytes"]])
                end += event["bytes"]
                event = {"event": "output", "stream": event["stream"], "data": data}
            position = end
            if pending and event["event"] == "output" and event["stream"] == pending["stream"]:
                pending["data"] += event["data"]
                continue
            if pending:
                del self._buffer[:position]
                position = 0
                yield pending
                pending = None
            if event["event"] == "output":
                pending = event
            else:
                del self._buffer[:position]
                position = 0
                yield event
        del self._buffer[:position]
        if pending:
            yield pending

    def _death(self) -> EngineDied:
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        for descriptor in self._raw:
            words = self._read_raw(descriptor).decode(errors="replace")
            self._last_words = words or self._last_words
        error = EngineDied(status, self._last_words)
        self.close()
        return error
