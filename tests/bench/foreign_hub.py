#!/usr/bin/env python3
"""A webhook server that is not ours: what `--target` is tested with, by the example of bench/README.md.

It does things its own way: an application is made first, endpoints and messages belong to it, a token is
asked for everywhere, answers are 201 and 202, and deliveries carry svix- headers. It prints its address
when it is ready and ends with its standard input.
"""
import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import sys
import time
from urllib.parse import urlsplit

TOKEN = os.environ["FOREIGN_HUB_TOKEN"]
ANOTHER_SECRET = "whsec_AAAA" if os.environ.get("FOREIGN_HUB_FAULT") == "wrong-secret" else ""


class Application:
    def __init__(self):
        self.queues = []  # one an endpoint
        self.tasks = []   # asyncio itself would not keep them

    async def deliver(self, url, secret, queue):
        place = urlsplit(url)
        key = base64.b64decode(secret.removeprefix("whsec_"))
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        while True:
            identity, payload = await queue.get()
            now = str(int(time.time()))
            digest = hmac.new(key, f"{identity}.{now}.".encode() + payload, hashlib.sha256).digest()
            signature = "v1," + base64.b64encode(digest).decode()
            head = (f"POST {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nsvix-id: {identity}\r\n"
                    f"svix-timestamp: {now}\r\nsvix-signature: {signature}\r\n"
                    f"Content-Length: {len(payload)}\r\n\r\n")
            writer.write(head.encode() + payload)
            await reader.readuntil(b"\r\n\r\n")


class Hub:
    def __init__(self):
        self.applications = {}

    def answer(self, method, path, headers, body):
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"detail": "who are you?"}
        if method == "POST" and path == "/api/v1/app":
            identity = "app_" + secrets.token_hex(6)
            self.applications[identity] = Application()
            return 201, {"id": identity, "name": json.loads(body)["name"]}
        found = re.fullmatch(r"/api/v1/app/(\w+)/(endpoint|msg)", path)
        if method != "POST" or not found or found[1] not in self.applications:
            return 404, {"detail": "there is nothing here"}
        application = self.applications[found[1]]
        if found[2] == "endpoint":
            wanted = json.loads(body)
            queue = asyncio.Queue()
            application.queues.append(queue)
            delivering = application.deliver(wanted["url"], ANOTHER_SECRET or wanted["secret"], queue)
            application.tasks.append(asyncio.create_task(delivering))
            return 201, {"id": f"ep_{len(application.queues)}"}
        begin = body.index(b'"payload":') + len(b'"payload":')
        identity = "msg_" + secrets.token_hex(10)
        for queue in application.queues:
            queue.put_nowait((identity, body[begin:-1]))
        return 202, {"id": identity, "eventType": json.loads(body)["eventType"]}

    async def serve(self, reader, writer):
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                method, path, _ = lines[0].split(" ", 2)
                headers = {name.lower(): value.strip()
                           for name, _, value in (line.partition(":") for line in lines[1:] if line)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                status, answer = self.answer(method, path, headers, body)
                text = json.dumps(answer)
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())
                if headers.get("connection") == "close":
                    writer.close()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def main():
    server = await asyncio.start_server(Hub().serve, "127.0.0.1", 0, limit=1 << 21)
    print("%s:%d" % server.sockets[0].getsockname(), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
