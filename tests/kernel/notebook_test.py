"""The kernel as Jupyter sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import nbformat
import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from saem_kernel.source import completeness

TIMEOUT = 60


@pytest.fixture
def manager(kernel_name: str) -> Iterator[KernelManager]:
    manager = KernelManager(kernel_name=kernel_name)
    manager.start_kernel()
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.fixture
def client(manager: KernelManager) -> Iterator[BlockingKernelClient]:
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=TIMEOUT)
    yield client
    client.stop_channels()


def run(client: BlockingKernelClient, code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    messages: list[dict[str, Any]] = []
    reply = client.execute_interactive(code, timeout=TIMEOUT, output_hook=messages.append)
    kinds = ("stream", "display_data", "execute_result", "error")
    return reply["content"], [
        {"type": message["msg_type"], **message["content"]}
        for message in messages
        if message["msg_type"] in kinds
    ]


def engine_of(manager: KernelManager) -> psutil.Process:
    kernel = psutil.Process(manager.provisioner.pid)
    (engine,) = [child for child in kernel.children() if "saem-engine" in child.name()]
    return engine


def test_values_pictures_and_streams_in_order(client: BlockingKernelClient) -> None:
    reply, outputs = run(
        client, 'std::cout << "a\\n"; saem::notebook::display({{"image/svg+xml", "<svg/>"}}); '
        'std::cerr << "b"; std::cout << "c"; tf::Tensor(1)'
    )  # fmt: skip
    assert reply["status"] == "ok"
    assert [output["type"] for output in outputs] == [
        "stream", "display_data", "stream", "stream", "execute_result",
    ]  # fmt: skip
    assert outputs[1]["data"] == {"image/svg+xml": "<svg/>"}
    assert [outputs[2]["name"], outputs[3]["name"]] == ["stderr", "stdout"]
    assert outputs[4]["data"] == {"text/plain": "tf.Tensor(1)"}


def test_output_streams(client: BlockingKernelClient) -> None:
    arrivals: list[float] = []

    def note(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            arrivals.append(time.monotonic())

    client.execute_interactive(
        'std::cout << "a" << std::flush; std::this_thread::sleep_for(std::chrono::seconds(3));',
        timeout=TIMEOUT,
        output_hook=note,
    )
    assert time.monotonic() - arrivals[0] > 0.5


def test_errors(client: BlockingKernelClient) -> None:
    reply, outputs = run(client, "int a = 1;\nint b = nothing;")
    assert reply["status"] == "error" and reply["ename"] == "CompileError"
    assert reply["evalue"].startswith(f"cell[{reply['execution_count']}]:2:9: error: use of und")
    assert outputs[0]["type"] == "error" and "\x1b[" in "".join(outputs[0]["traceback"])
    reply, _ = run(client, "tf::fail();")
    assert (reply["ename"], reply["evalue"]) == (
        "saem::ShapeError",
        "matmul: inner dimensions differ",
    )


def test_interrupt(client: BlockingKernelClient, manager: KernelManager) -> None:
    run(client, "int kept = 3;")
    threading.Timer(1.0, manager.interrupt_kernel).start()
    reply, _ = run(client, "while (true) {}")
    assert reply["ename"] == "KeyboardInterrupt"
    _, outputs = run(client, "kept")
    assert outputs[0]["data"]["text/plain"] == "3"


def test_engine_death_is_told_and_the_next_cell_runs(
    client: BlockingKernelClient, manager: KernelManager
) -> None:
    reply, _ = run(client, "#include <csignal>\nraise(SIGKILL);")
    assert reply["ename"] == "EngineDied" and "fresh one" in reply["evalue"]
    _, outputs = run(client, "1 + 1")
    assert outputs[0]["data"]["text/plain"] == "2"


def test_no_orphans(client: BlockingKernelClient, manager: KernelManager) -> None:
    engine = engine_of(manager)
    psutil.Process(manager.provisioner.pid).kill()
    assert not psutil.wait_procs([engine], timeout=TIMEOUT)[1]


def test_restart(client: BlockingKernelClient, manager: KernelManager) -> None:
    run(client, "int gone = 1;")
    manager.restart_kernel(now=False)
    client.wait_for_ready(timeout=TIMEOUT)
    reply, _ = run(client, "gone")
    assert reply["ename"] == "CompileError"


def test_completion_and_inspection(client: BlockingKernelClient) -> None:
    run(client, "std::vector<int> numbers;")
    content = client.complete("auto n = numb", 13, reply=True, timeout=TIMEOUT)["content"]
    assert "numbers" in content["matches"] and content["cursor_start"] == 9
    content = client.inspect("tf::add", 7, reply=True, timeout=TIMEOUT)["content"]
    assert content["found"] and "Adds two tensors" in content["data"]["text/plain"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("int x = 1;", "complete"),
        ("int main() {", "incomplete"),
        ("f(1,", "incomplete"),
        ('auto s = R"x( " ) )x";', "complete"),
        ('auto s = R"x( ', "incomplete"),
        ("/* open", "incomplete"),
        ("// { comment", "complete"),
        ("int n = 1'000'000;", "complete"),
        ("char c = '{';", "complete"),
        ("#define A \\", "incomplete"),
        ("template <class T>", "incomplete"),
        ("}", "invalid"),
        ('"open', "invalid"),
    ],
)
def test_is_complete(code: str, status: str) -> None:
    assert completeness(code)[0] == status


def test_a_whole_notebook(kernel_name: str) -> None:
    cells = ["int x = 1;", "x + 1", "tf::Figure()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
    NotebookClient(notebook, kernel_name=kernel_name, timeout=TIMEOUT).execute()
    assert notebook.cells[1].outputs[0].data["text/plain"] == "2"
    assert "image/svg+xml" in notebook.cells[2].outputs[0].data
    assert notebook.metadata.language_info.name == "c++"
