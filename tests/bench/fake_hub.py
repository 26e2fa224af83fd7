#!/usr/bin/env python3
"""A webhook hub that keeps everything in memory: what the bench is tested against.

It speaks the few calls of bench/targets/katydid.toml. Its faults are its use: FAKE_HUB_FAULT=lose,
duplicate, forge or rename makes every tenth delivery wrong, and the bench must say so.
"""
import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import time
from urllib.parse import urlsplit


class Hub:
    def __init__(self, fault):
        self.fault = fault
        self.subscriptions = {}
        self.deliveries = 0
        self.connections = {}

    def publish(self, event_type, payload):
        event_id = "evt_%026d" % int.from_bytes(hashlib.sha256(payload).digest()[:8], "big")
        for subscription in self.subscriptions.values():
            wanted = subscription["event_types"][0]
            if wanted == "*" or wanted == event_type:
                subscription["queue"].put_nowait((event_id, payload))
        return event_id

    async def answer(self, method, path, body):
        if path.startswith("/api/webhooks/"):
            return 202, {"success": True, "id": self.publish(json.loads(body)["name"], body)}
        if path == "/v1/events":
            start = body.index(b'"data":') + len(b'"data":')
            return 202, {"id": self.publish(json.loads(body)["type"], body[start:-1])}
        if path == "/v1/subscriptions":
            wanted = json.loads(body)
            identity = "sub_%d" % len(self.subscriptions)
            wanted |= {"id": identity, "queue": asyncio.Queue(), "running": asyncio.Event(), "past": []}
            wanted["running"].set()
            self.subscriptions[identity] = wanted
            for _ in range(wanted["limits"]["in_flight"]):
                asyncio.create_task(self.deliver(wanted))
            return 201, {"id": identity}
        action = re.fullmatch(r"/v1/subscriptions/(\w+)/(pause|resume|replay)", path)
        if not action:
            return 404, {"title": "not found"}
        subscription = self.subscriptions[action[1]]
        if action[2] == "pause":
            subscription["running"].clear()
        elif action[2] == "resume":
            subscription["running"].set()
        else:
            for item in subscription["past"]:
                subscription["queue"].put_nowait(item)
        return 200, {}

    def sign(self, subscription, event_id, payload):
        key = base64.b64decode(subscription["secret"].removeprefix("whsec_"))
        now = str(int(time.time()))
        signed = f"{event_id}.{now}.".encode() + payload
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        return now, "v1," + base64.b64encode(digest).decode()

    async def deliver(self, subscription):
        url = urlsplit(subscription["handler"]["url"])
        reader = writer = None
        while True:
            event_id, payload = await subscription["queue"].get()
            await subscription["running"].wait()
            self.deliveries += 1
            faulty = self.deliveries % 10 == 0
            if faulty and self.fault == "lose":
                continue
            if faulty and self.fault == "rename":
                event_id += "x"
            now, signature = self.sign(subscription, event_id, payload)
            if faulty and self.fault == "forge":
                signature = "v1," + base64.b64encode(bytes(32)).decode()
            head = (f"POST {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nwebhook-id: {event_id}\r\n"
                    f"webhook-timestamp: {now}\r\nwebhook-signature: {signature}\r\n"
                    f"Content-Length: {len(payload)}\r\n\r\n")
            for _ in range(2 if faulty and self.fault == "duplicate" else 1):
                if writer is None:
                    reader, writer = await asyncio.open_connection(url.hostname, url.port)
                writer.write(head.encode() + payload)
                await reader.readuntil(b"\r\n\r\n")
            subscription["past"].append((event_id, payload))

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method, path, _ = head.split(" ", 2)
                length = re.search(r"content-length: *(\d+)", head, re.I)
                body = await reader.readexactly(int(length[1]) if length else 0)
                status, answer = await self.answer(method, path, body)
                text = json.dumps(answer)
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
                if "Connection: close" in head:
                    await writer.drain()
                    writer.close()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--listen")
    parser.add_argument("--operator-listen")
    parser.add_argument("--data-dir")
    parser.add_argument("--port-file")
    parser.add_argument("--fault", default=os.environ.get("FAKE_HUB_FAULT", ""))
    options = parser.parse_args()
    hub = Hub(options.fault)
    host, port = options.listen.split(":")
    server = await asyncio.start_server(hub.serve, host, int(port), limit=1 << 21)
    listen = "%s:%d" % server.sockets[0].getsockname()
    key_file = os.path.join(options.data_dir, "operator.key")
    with open(key_file, "w") as file:
        file.write("key\n")
    with open(options.port_file, "w") as file:
        json.dump({"listen": listen, "operator_listen": listen, "operator_key_file": key_file,
                   "pid": os.getpid()}, file)
    await server.serve_forever()


asyncio.run(main())
