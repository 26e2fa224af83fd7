#!/usr/bin/env python3
"""Works off a stream subscription with the package `websockets`, no public address needed.

    pip install websockets
    KATYDID_URL=http://127.0.0.1:8080 KATYDID_API_KEY=kd_live_… python3 consume.py work

A delivery that handle() returns from is acknowledged; one that it raises on comes again.
"""

import argparse
import asyncio
import base64
import json
import os
import sys

import websockets


def handle(event, payload):
    """Your work."""
    print(event["type"], event["id"], payload, flush=True)


def payload_of(frame):
    """The text, or the bytes where they are no UTF-8."""
    coded = frame.get("payload_base64")
    return frame["payload"] if coded is None else base64.b64decode(coded)


async def answer(connection, frame, work):
    delivery = frame["delivery"]
    try:
        await asyncio.to_thread(work, frame["event"], payload_of(frame))
        reply = {"type": "ack", "delivery": delivery}
    except Exception as error:  # the hub shows the reason and tries again
        reply = {"type": "nack", "delivery": delivery, "reason": str(error)[:500]}
    await connection.send(json.dumps(reply))


async def consume(subscription, work=handle, count=None):
    """Connects, and connects again after every cut. \\param count  ends after so many; None: never"""
    url = os.environ["KATYDID_URL"].replace("http", "ws", 1).rstrip("/")
    headers = {"Authorization": "Bearer " + os.environ["KATYDID_API_KEY"]}
    done = 0
    async for connection in websockets.connect(
            f"{url}/v1/subscriptions/{subscription}/consume?credit=1",
            subprotocols=["katydid.v1"], additional_headers=headers):
        try:
            async for text in connection:
                frame = json.loads(text)
                if frame["type"] == "delivery":
                    await answer(connection, frame, work)
                    done += 1
                elif frame["type"] == "error":
                    print("the hub says:", frame["detail"], file=sys.stderr)
                if done == count:
                    await connection.close()
                    return
        except websockets.ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code in (4401, 4403):
                sys.exit(f"the hub closed: {closed.rcvd.reason}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subscription", help="its id or name")
    parser.add_argument("--count", type=int, help="end after so many deliveries")
    options = parser.parse_args()
    asyncio.run(consume(options.subscription, count=options.count))
