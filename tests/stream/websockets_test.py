#!/usr/bin/env python3
"""A consumer by the package `websockets` (PyPI), against a running hub.

    websockets_test.py --hub build/dev/hub/katydid --venv build/dev/websockets

Installs the package into the folder --venv when it is not there yet. Exit status 77 where it
cannot be installed.
"""

import argparse
import asyncio
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hub_process import install, start

SKIPPED = 77
VERSION = "15.0.1"
COUNT = 200


class Api:
    """Calls of the hub's API."""

    def __init__(self, url, key):
        self.url = url
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, self.headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def publish(self, count):
        for number in range(count):
            self.call("POST", "/v1/events", {"type": "order.made", "data": {"n": number}})


async def consume(api, payloads, every=None):
    """Acknowledges deliveries until all are there. \\param every  breaks the connection each so many"""
    import websockets

    path = "/v1/subscriptions/work/consume?credit=8"
    headers = {"Authorization": api.headers["Authorization"]}
    while len(payloads) < COUNT:
        url = api.url.replace("http", "ws") + path
        async with websockets.connect(url, subprotocols=["katydid.v1"],
                                      additional_headers=headers) as connection:
            assert connection.subprotocol == "katydid.v1"
            assert json.loads(await connection.recv())["type"] == "hello"
            taken = 0
            while len(payloads) < COUNT and (every is None or taken < every):
                frame = json.loads(await asyncio.wait_for(connection.recv(), 20))
                assert frame["type"] == "delivery", frame
                assert frame["attempt"] == 1, "a lost connection burnt an attempt"
                taken += 1
                payloads.add(frame["payload"])
                await connection.send(json.dumps({"type": "ack", "delivery": frame["delivery"],
                                                  "status": 200}))
            if every is not None and len(payloads) < COUNT:
                # What was acknowledged is taken note of before the connection breaks.
                await (await connection.ping())
                connection.transport.abort()


async def watch(api, seen):
    """Reads the feed until every event was in it."""
    import websockets

    headers = {"Authorization": api.headers["Authorization"]}
    url = api.url.replace("http", "ws") + "/v1/feed?after=evt_00000000000000000000000001"
    async with websockets.connect(url, subprotocols=["katydid.feed.v1"],
                                  additional_headers=headers) as connection:
        while len(seen) < COUNT:
            frame = json.loads(await asyncio.wait_for(connection.recv(), 20))
            seen.append(frame["event"]["id"])


async def talk(api):
    api.call("POST", "/v1/subscriptions", {"name": "work", "event_types": ["order.*"],
                                           "handler": {"kind": "stream"}})
    payloads, seen = set(), []
    publishing = asyncio.to_thread(api.publish, COUNT)
    await asyncio.gather(publishing, consume(api, payloads, every=7), watch(api, seen))
    assert payloads == {json.dumps({"n": n}) for n in range(COUNT)}, "something is missing"
    assert len(set(seen)) == COUNT and seen == sorted(seen), "the feed has gaps or repeats"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hub", type=pathlib.Path)
    parser.add_argument("--venv", type=pathlib.Path)
    parser.add_argument("--talk", nargs=2, metavar=("URL", "KEY"))
    options = parser.parse_args()
    if options.talk:
        asyncio.run(talk(Api(*options.talk)))
        return 0
    programs = install(options.venv.resolve(), "websockets", VERSION)
    if programs is None:
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="katydid-websockets-") as temporary:
        hub, url, key = start(options.hub.resolve(), pathlib.Path(temporary))
        try:
            return subprocess.run([programs / "python", __file__, "--talk", url, key], timeout=120).returncode
        finally:
            hub.send_signal(signal.SIGTERM)
            hub.wait(30)


if __name__ == "__main__":
    sys.exit(main())
