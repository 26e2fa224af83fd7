#!/usr/bin/env python3
"""examples/consume: both consumers against a running hub, which ends and comes back meanwhile.

    consume_test.py --hub build/dev/hub/katydid --program build/dev/examples/consume/consume-example
                    --venv build/dev/websockets

The one in Python is left out, with a sentence, where `websockets` cannot be installed.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import urllib.request

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from hub_process import WEBSOCKETS_VERSION, install, start  # noqa: E402

COUNT = 20


def post(url, key, path, body, **more):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **more}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def end(hub):
    hub.send_signal(signal.SIGTERM)
    assert hub.wait(30) == 0


def publish(url, key, numbers):
    for number in numbers:
        post(url, key, "/v1/events", {"type": "order.made", "data": {"n": number}})


def check_bytes(command_of, hub_program, shown):
    """A payload that is no UTF-8 arrives as it is. \\param shown  what the consumer prints of it"""
    with tempfile.TemporaryDirectory(prefix="katydid-consume-") as temporary:
        hub, url, key = start(hub_program, pathlib.Path(temporary))
        try:
            post(url, key, "/v1/subscriptions",
                 {"name": "work", "event_types": ["order.*"], "handler": {"kind": "stream"}})
            post(url, key, "/v1/events", b"\xff\x00\x80ab",
                 **{"Content-Type": "application/octet-stream", "ce-specversion": "1.0",
                    "ce-id": "1", "ce-source": "/shop", "ce-type": "order.made"})
            command, environment = command_of(url, key, 1)
            ran = subprocess.run(command, env={**os.environ, **environment}, timeout=30,
                                 stdout=subprocess.PIPE, check=True)
        finally:
            end(hub)
    assert shown in ran.stdout, ran.stdout


def check(command_of, hub_program):
    """\\param command_of  makes a command and an environment of the hub's URL, a key and a count"""
    with tempfile.TemporaryDirectory(prefix="katydid-consume-") as temporary:
        folder = pathlib.Path(temporary)
        hub, url, key = start(hub_program, folder)
        post(url, key, "/v1/subscriptions",
             {"name": "work", "event_types": ["order.*"], "handler": {"kind": "stream"}})
        publish(url, key, range(COUNT // 2))
        command, environment = command_of(url, key, COUNT)
        with subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE,
                              text=True) as consumer:
            try:
                lines = [consumer.stdout.readline() for _ in range(COUNT // 2)]
                end(hub)
                hub, url, key = start(hub_program, folder, listen=url.removeprefix("http://"))
                publish(url, key, range(COUNT // 2, COUNT))
                lines += consumer.stdout.read().splitlines(keepends=True)
                assert consumer.wait(30) == 0
            finally:
                consumer.kill()
                end(hub)
    # At least once: what was acknowledged while the hub ended may come again.
    seen = {json.loads(line.split(" ", 2)[2])["n"] for line in lines}
    assert len(lines) >= COUNT and seen >= set(range(COUNT - 1)), lines


def main():
    parser = argparse.ArgumentParser()
    for name in ("--hub", "--program", "--venv"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    options = parser.parse_args()
    hub = options.hub.resolve()

    def in_cpp(url, key, count):
        host, port = url.removeprefix("http://").split(":")
        return [options.program.resolve(), host, port, "work", str(count)], {"KATYDID_API_KEY": key}

    check(in_cpp, hub)
    check_bytes(in_cpp, hub, b"\xff\x00\x80ab")
    programs = install(options.venv.resolve(), "websockets", WEBSOCKETS_VERSION)
    if programs is None:
        return 0

    def in_python(url, key, count):
        script = ROOT / "examples/consume/consume.py"
        return [programs / "python", "-B", script, "work", "--count", str(count)], \
            {"KATYDID_URL": url, "KATYDID_API_KEY": key}

    check(in_python, hub)
    check_bytes(in_python, hub, rb"b'\xff\x00\x80ab'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
