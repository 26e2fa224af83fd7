#!/usr/bin/env python3
"""A consumer, a reader of the feed and both platforms by the package `websockets` (PyPI), against a
running hub.

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
from hub_process import WEBSOCKETS_VERSION, install, start

SKIPPED = 77
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


async def sync(api):
    """Grasshopper hears of every update in order, though its connection breaks again and again."""
    import websockets

    url = api.url.replace("http", "ws") + "/api/realtime"

    def connect(scope):
        key = api.call("POST", "/v1/keys", {"name": scope, "scopes": [scope]})["key"]
        headers = {"Authorization": f"Bearer {key}"}
        return lambda: websockets.connect(url, subprotocols=["katydid.realtime.v1"],
                                          additional_headers=headers)

    as_grasshopper, as_atlvs = connect("bridge:atlvs"), connect("bridge:grasshopper")
    async with as_atlvs() as atlvs:
        for number in range(COUNT):
            await atlvs.send(json.dumps({
                "type": "publish", "ref": str(number), "id": f"r-{number}", "name": "resource.updated",
                "occurredAt": "2026-06-15T18:00:00Z", "payload": {"n": number}}))
        answers = [json.loads(await asyncio.wait_for(atlvs.recv(), 20)) for _ in range(COUNT)]
    assert [each["ref"] for each in answers] == [str(number) for number in range(COUNT)]
    seen, after = [], "evt_00000000000000000000000000"
    while len(seen) < COUNT:
        async with as_grasshopper() as grasshopper:
            await grasshopper.send(json.dumps({"type": "subscribe", "topics": ["*"], "after": after}))
            assert json.loads(await grasshopper.recv())["type"] == "subscribed"
            for _ in range(min(17, COUNT - len(seen))):
                frame = json.loads(await asyncio.wait_for(grasshopper.recv(), 20))
                seen.append(frame["payload"]["n"])
                after = frame["id"]
            grasshopper.transport.abort()
    assert seen == list(range(COUNT)), "an update is missing, or came twice"


async def talk(api):
    api.call("POST", "/v1/subscriptions", {"name": "work", "event_types": ["order.*"],
                                           "handler": {"kind": "stream"}})
    payloads, seen = set(), []
    publishing = asyncio.to_thread(api.publish, COUNT)
    await asyncio.gather(publishing, consume(api, payloads, every=7), watch(api, seen))
    assert payloads == {json.dumps({"n": n}) for n in range(COUNT)}, "something is missing"
    assert len(set(seen)) == COUNT and seen == sorted(seen), "the feed has gaps or repeats"
    await sync(api)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hub", type=pathlib.Path)
    parser.add_argument("--venv", type=pathlib.Path)
    parser.add_argument("--talk", nargs=2, metavar=("URL", "KEY"))
    options = parser.parse_args()
    if options.talk:
        asyncio.run(talk(Api(*options.talk)))
        return 0
    programs = install(options.venv.resolve(), "websockets", WEBSOCKETS_VERSION)
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
