#!/usr/bin/env python3
"""What consumers and watchers cost, beside an endpoint. Needs a hub, and nothing but Python.

    bench/consumers.py --hub build/release/hub/katydid [--smoke] [--json FILE]

Each figure is measured against a hub of its own, in turns where two are compared. Python is the
load and the receivers: figures per second are what it can do at least, not what the hub can.
"""

import argparse
import asyncio
import base64
import contextlib
import datetime
import json
import multiprocessing
import os
import pathlib
import re
import resource
import select
import socket
import struct
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/support"))
from hub_process import start

DELIVERY = re.compile(rb'"delivery":"(dlv_\w+)"')
SENT = re.compile(rb'sent[\\": ]+(\d+)')
EVENT = re.compile(rb'{"type":"event","event":')
RECEIVED = re.compile(rb'"received_at":"([^"]+)"')
MISSED = re.compile(rb'{"type":"gap","missed":(\d+)}')
UPGRADE = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: %s\r\n\r\n")


class Hub:
    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory()
        path = pathlib.Path(self.folder.name)
        os.environ["KATYDID_EGRESS_ALLOW"] = "127.0.0.0/8"
        self.process, url, self.key = start(program, path)
        self.host, port = url.removeprefix("http://").rsplit(":", 1)
        self.port = int(port)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def rss_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1000

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def head(self, method, path, more=""):
        return (f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n"
                f"Authorization: Bearer {self.key}\r\n{more}")

    async def connect(self):
        return await asyncio.open_connection(self.host, self.port, limit=1 << 20)

    async def call(self, method, path, body):
        reader, writer = await self.connect()
        status, answer = await exchange(self, reader, writer, method, path, json.dumps(body).encode())
        writer.close()
        assert status < 300, answer
        return json.loads(answer)

    async def subscribe(self, handler):
        await self.call("POST", "/v1/subscriptions", {
            "name": "work", "event_types": ["order.*"], "handler": handler,
            "limits": {"in_flight": 1000}})


async def exchange(hub, reader, writer, method, path, body):
    head = hub.head(method, path, f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n")
    writer.write(head.encode() + b"\r\n" + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", answer)[1])
    return int(answer[9:12]), await reader.readexactly(length)


async def publish(hub, connections, per_second, seconds, take=None):
    """Events for so long, at that rate; 0: as fast as they are taken. The count and latencies."""
    begun = time.monotonic()
    accepted, waits = 0, []

    async def run(number):
        nonlocal accepted
        reader, writer = await hub.connect()
        turn = 0
        while time.monotonic() < begun + seconds:
            if per_second:
                due = begun + (turn * connections + number) / per_second
                await asyncio.sleep(max(0, due - time.monotonic()))
                turn += 1
            sent = time.monotonic_ns()
            body = b'{"type":"order.made","data":{"sent":"%d"}}' % sent
            status, _ = await exchange(hub, reader, writer, "POST", "/v1/events", body)
            accepted += status == 202
            waits.append(time.monotonic_ns() - sent)
        writer.close()

    await asyncio.gather(*(run(number) for number in range(connections)))
    return accepted, waits


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1e6 if ordered else 0.0


class Socket:
    """A WebSocket: frames as bytes."""

    async def open(self, hub, path, protocol):
        self.reader, self.writer = await hub.connect()
        key = base64.b64encode(os.urandom(16)).decode()
        self.writer.write(hub.head("GET", path, UPGRADE % (key, protocol)).encode())
        answer = await self.reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101"), answer
        return self

    async def next(self):
        head = await self.reader.readexactly(2)
        size = head[1]
        if size == 126:
            size = struct.unpack(">H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", await self.reader.readexactly(8))[0]
        payload = await self.reader.readexactly(size)
        if head[0] & 15 == 9:
            self.say(payload, 10)
            return b""
        return payload

    def say(self, payload, opcode=1):
        # A mask of zeros is a mask (RFC 6455, section 5.3); what is sent is no secret here.
        self.writer.write(bytes([0x80 | opcode, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)


async def consume(hub, latencies, count=None):
    """Acknowledges what comes. Ends after `count`."""
    socket = await Socket().open(hub, "/v1/subscriptions/work/consume?credit=1000", "katydid.v1")
    while count is None or len(latencies) < count:
        frame = await socket.next()
        found = DELIVERY.search(frame)
        if not found:
            continue
        sent = SENT.search(frame)
        latencies.append(time.monotonic_ns() - int(sent[1]) if sent else 0)
        socket.say(b'{"type":"ack","delivery":"%s"}' % found[1])
    await socket.writer.drain()


async def receive(latencies):
    """An endpoint that answers 200. Returns the server."""
    async def serve(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
                sent = SENT.search(await reader.readexactly(length))
                latencies.append(time.monotonic_ns() - int(sent[1]))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    return await asyncio.start_server(serve, "127.0.0.1", 0)


@contextlib.asynccontextmanager
async def task_of(work):
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def in_turns(program, size, figures, **ways):
    """What each way waits. A way has a hub of its own, and fills the list that it is given."""
    waits = {name: [] for name in ways}
    for _ in range(size["turns"]):
        for name, way in ways.items():
            own = []
            with Hub(program) as hub:
                await way(hub, own)
            waits[name] += own
    for name, all_waits in waits.items():
        figures[f"{name}.p50_ms"] = round(percentile(all_waits, 0.5), 2)
        figures[f"{name}.p99_ms"] = round(percentile(all_waits, 0.99), 2)


async def published(hub, own, connections, rate, seconds):
    """Publishes, and waits until all of it arrived."""
    accepted, _ = await publish(hub, connections, rate, seconds)
    await wait_until(lambda: len(own) >= accepted)


@contextlib.asynccontextmanager
async def local_server(own):
    server = await receive(own)
    yield server.sockets[0].getsockname()[1]
    server.close()


@contextlib.asynccontextmanager
async def endpoint(hub, own):
    async with local_server(own) as port:
        await hub.subscribe({"kind": "endpoint", "url": f"http://127.0.0.1:{port}/"})
        yield


async def latency(program, size, figures):
    """From the call that publishes to the receiver, at 1,000/s: a consumer and an endpoint in turns."""
    load = 8, size["rate"], size["seconds"]

    async def by_consumer(hub, own):
        await hub.subscribe({"kind": "stream"})
        async with task_of(consume(hub, own)):
            await published(hub, own, *load)

    async def by_endpoint(hub, own):
        async with endpoint(hub, own):
            await published(hub, own, *load)

    await in_turns(program, size, figures, consumer=by_consumer, endpoint=by_endpoint)


@contextlib.asynccontextmanager
async def listening(program, hub, port):
    """`katydid listen`, which hands each event on to that port."""
    environment = {**os.environ, "KATYDID_URL": f"http://{hub.host}:{hub.port}", "KATYDID_API_KEY": hub.key}
    process = await asyncio.create_subprocess_exec(
        program, "listen", "--types", "order.*", "--forward", str(port), "--lines", env=environment,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    try:
        assert b"Connected" in await process.stderr.readline()
        yield
    finally:
        process.terminate()
        await process.wait()


async def listen(program, size, figures):
    """What `katydid listen` adds: a local server behind it, and as an endpoint, in turns."""
    load = 1, size["listen_rate"], size["seconds"]

    async def by_listen(hub, own):
        async with local_server(own) as port, listening(program, hub, port):
            await published(hub, own, *load)

    async def by_endpoint(hub, own):
        async with endpoint(hub, own):
            await published(hub, own, *load)

    await in_turns(program, size, figures, **{"listen": by_listen, "listen.endpoint": by_endpoint})


async def wait_until(done, seconds=60):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "what was accepted did not arrive"
        await asyncio.sleep(0.02)


async def throughput(program, size, figures):
    """One consumer takes what waits."""
    with Hub(program) as hub:
        await hub.subscribe({"kind": "stream"})
        accepted, _ = await publish(hub, 32, 0, size["seconds"])
        got = []
        begun = time.monotonic()
        await consume(hub, got, accepted)
        figures["consumer.acknowledged_per_s"] = round(accepted / (time.monotonic() - begun))


async def idle(program, size, figures):
    with Hub(program) as hub:
        await hub.subscribe({"kind": "stream"})
        before = hub.rss_mb()
        sockets = []
        for begin in range(0, size["idle"], 200):
            count = min(200, size["idle"] - begin)
            sockets += await asyncio.gather(*(
                Socket().open(hub, "/v1/subscriptions/work/consume", "katydid.v1")
                for _ in range(count)))
        figures["idle.consumers"] = len(sockets)
        figures["idle.rss_mb"] = round(hub.rss_mb(), 1)
        figures["idle.rss_more_mb"] = round(hub.rss_mb() - before, 1)
        for socket in sockets:
            socket.writer.close()


def drain(host, port, opening, count, control):
    """Opens feeds and takes what comes, in a process of its own. The kernel drops it unread: readers
    are elsewhere as a rule. Only the first feed is looked at, and once it is over."""
    sockets = [socket.create_connection((host, port)) for _ in range(count)]
    for each in sockets:
        each.sendall(opening)
    for each in sockets:
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += each.recv(1)
        assert answer.startswith(b"HTTP/1.1 101"), answer
    poll = select.epoll()
    by_number = {each.fileno(): each for each in sockets}
    for number in (*by_number, control.fileno()):
        poll.register(number, select.EPOLLIN)
    control.send("open")
    space = bytearray(1 << 20)
    seen, taken = [], 0
    while not control.poll():
        for number, _ in poll.poll():
            if number == sockets[0].fileno():
                seen.append((time.time(), sockets[0].recv(1 << 20)))
            elif number in by_number:
                taken += by_number[number].recv_into(space, 0, socket.MSG_TRUNC)
    text = b"".join(each for _, each in seen)
    waits = []
    for at, part in seen:
        times = RECEIVED.findall(part)
        waits += [(at - datetime.datetime.fromisoformat(each.decode()).timestamp()) * 1e9
                  for each in times]
    control.send({"waits": waits, "events": len(EVENT.findall(text)), "taken": taken,
                  "missed": sum(map(int, MISSED.findall(text)))})


@contextlib.contextmanager
def drained(hub, count, result):
    """So many who watch the feed; `result` then has what the first of them saw."""
    if count == 0:
        yield
        return
    context = multiprocessing.get_context("spawn")
    control, its_end = context.Pipe()
    opening = hub.head("GET", "/v1/feed", UPGRADE % ("AAAAAAAAAAAAAAAAAAAAAA==", "katydid.feed.v1"))
    process = context.Process(target=drain,
                              args=(hub.host, hub.port, opening.encode(), count, its_end))
    process.start()
    assert control.recv() == "open"
    yield
    time.sleep(1)  # for the last of what was told
    control.send("end")
    result.update(control.recv())
    process.join()


async def feed_readers(program, size, figures):
    """What the accepting path takes longer, and the hub's time, while many watch; in turns."""
    waits = {0: [], size["readers"]: []}
    cpu = dict.fromkeys(waits, 0.0)
    seen = {"waits": [], "events": 0, "missed": 0, "taken": 0}
    for _ in range(size["turns"]):
        for readers in waits:
            first = {}
            with Hub(program) as hub, drained(hub, readers, first):
                await asyncio.sleep(size["settle"])
                before = hub.cpu_seconds()
                _, took = await publish(hub, 8, size["rate"], size["seconds"])
                cpu[readers] += hub.cpu_seconds() - before
            waits[readers] += took
            for name, value in first.items():
                seen[name] += value
    seconds = size["turns"] * size["seconds"]
    for readers, took in waits.items():
        name = f"feed.{readers}_readers"
        figures[f"{name}.accept_p50_ms"] = round(percentile(took, 0.5), 2)
        figures[f"{name}.accept_p99_ms"] = round(percentile(took, 0.99), 2)
        figures[f"{name}.accepted_per_s"] = round(len(took) / seconds)
        figures[f"{name}.hub_cpu_percent"] = round(100 * cpu[readers] / seconds)
    name = f"feed.{size['readers']}_readers"
    figures[f"{name}.one_saw_per_s"] = round(seen["events"] / seconds)
    figures[f"{name}.one_missed_per_s"] = round(seen["missed"] / seconds)
    figures[f"{name}.seen_p50_ms"] = round(percentile(seen["waits"], 0.5), 1)
    figures[f"{name}.seen_p99_ms"] = round(percentile(seen["waits"], 0.99), 1)
    figures[f"{name}.taken_mb_per_s"] = round(seen["taken"] / seconds / 1e6)


async def reconnect(program, size, figures):
    """From a cut to the next delivery in hands."""
    with Hub(program) as hub:
        await hub.subscribe({"kind": "stream"})
        await publish(hub, 1, 0, 0.2)
        times = []
        for _ in range(size["cuts"]):
            socket = await Socket().open(hub, "/v1/subscriptions/work/consume?credit=1", "katydid.v1")
            while not DELIVERY.search(await socket.next()):
                pass
            socket.writer.transport.abort()
            begun = time.monotonic_ns()
            socket = await Socket().open(hub, "/v1/subscriptions/work/consume?credit=1", "katydid.v1")
            while not DELIVERY.search(await socket.next()):
                pass
            times.append(time.monotonic_ns() - begun)
            socket.writer.close()
        figures["reconnect.p99_ms"] = round(percentile(times, 0.99), 2)


FULL = {"turns": 3, "rate": 1000, "seconds": 10, "idle": 10_000, "readers": 1000, "settle": 1,
        "cuts": 50, "listen_rate": 50}
SMOKE = {"turns": 1, "rate": 100, "seconds": 1, "idle": 50, "readers": 10, "settle": 0.1, "cuts": 3,
         "listen_rate": 20}


async def run(program, size):
    figures = {}
    for measure in (latency, listen, throughput, idle, feed_readers, reconnect):
        await measure(program, size, figures)
        print(json.dumps(figures, indent=2), flush=True)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", type=pathlib.Path, required=True)
    parser.add_argument("--smoke", action="store_true", help="small, to see that it runs")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the hub has it from here too
    figures = asyncio.run(run(arguments.hub.resolve(), SMOKE if arguments.smoke else FULL))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
