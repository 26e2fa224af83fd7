#!/usr/bin/env python3
"""Kills a hub and its consumer in turns (SIGKILL); nothing that the hub accepted may be missing.

    kill_test.py --hub build/dev/hub/katydid [--rounds 200] [--seed 7]

The ledger is outside the hub: what was answered with 202, and a file to which the consumer adds
each delivery before it acknowledges it. The consumer takes by Server-Sent Events and by polls in
turns. In the end every event of the one is in the other, and the hub holds nothing back.
"""

import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hub_process import start

EVENTS = 25  # of each round
PATIENCE = 60  # seconds for the last deliveries
away = threading.Event()  # never set: who cannot reach the hub tries again


def request(folder, method, path, body=None, accept="application/json", timeout=5):
    """Asks the hub that runs in the folder now."""
    url = "http://" + json.loads((folder / "ports.json").read_text())["listen"] + path
    key = (folder / "data/operator.key").read_text().strip()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json",
               "Accept": accept}
    data = None if body is None else json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method),
                                  timeout=timeout)


def call(folder, method, path, body=None):
    with request(folder, method, path, body) as answer:
        return json.load(answer)


def handle(folder, ledger, frame):
    """Writes a delivery down, then acknowledges it."""
    ledger.write(str(json.loads(frame["payload"])["n"]) + "\n")
    ledger.flush()
    call(folder, "POST", "/v1/subscriptions/work/ack", {"acks": [{"delivery": frame["delivery"]}]})


def consume_events(folder, ledger):
    path = "/v1/subscriptions/work/consume?credit=8"
    with request(folder, "GET", path, accept="text/event-stream", timeout=20) as stream:
        for line in stream:
            if line.startswith(b"data: {\"type\":\"delivery\""):
                handle(folder, ledger, json.loads(line[6:]))


def consume_polls(folder, ledger):
    while True:
        taken = call(folder, "POST", "/v1/subscriptions/work/poll", {"max": 8, "wait": "2s"})
        for frame in taken["deliveries"]:
            handle(folder, ledger, frame)


def consume(folder, by_polls):
    """The consumer's process: until it is killed."""
    with open(folder / "ledger", "a") as ledger:
        while True:
            try:
                (consume_polls if by_polls else consume_events)(folder, ledger)
            except (OSError, ValueError, KeyError, urllib.error.URLError):
                away.wait(0.02)


class Publisher(threading.Thread):
    """Publishes one round's events and remembers what was accepted."""

    def __init__(self, folder, first):
        super().__init__()
        self.folder = folder
        self.first = first
        self.accepted = set()
        self.begun = threading.Semaphore(0)

    def run(self):
        for number in range(self.first, self.first + EVENTS):
            self.begun.release()
            try:
                body = {"type": "order.made", "data": {"n": number}, "key": str(number % 5)}
                with request(self.folder, "POST", "/v1/events", body) as answer:
                    if answer.status == 202:
                        self.accepted.add(number)
            except (OSError, ValueError, urllib.error.URLError):
                away.wait(0.01)


def start_consumer(folder, by_polls):
    return subprocess.Popen([sys.executable, __file__, "--consume", folder,
                             *(["--by-polls"] if by_polls else [])])


def written_down(folder):
    return {int(line) for line in (folder / "ledger").read_text().split("\n")[:-1] if line}


def wait_for_all(folder, accepted):
    end = time.monotonic() + PATIENCE
    while not accepted <= written_down(folder):
        assert time.monotonic() < end, f"missing: {sorted(accepted - written_down(folder))}"
        away.wait(0.1)
    while time.monotonic() < end:
        stats = call(folder, "GET", "/v1/deliveries?state=delivered&limit=1")
        waiting = [call(folder, "GET", f"/v1/deliveries?state={state}&limit=5")["data"]
                   for state in ("pending", "in_flight", "scheduled", "dead")]
        if not any(waiting):
            return len(stats["data"]) == 1
        away.wait(0.1)
    raise AssertionError(f"the hub holds back {waiting}")


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def run(hub, folder, rounds, chance):
    (folder / "ledger").touch()
    running = start(hub, folder)[0]
    call(folder, "POST", "/v1/subscriptions",
         {"name": "work", "event_types": ["order.*"], "handler": {"kind": "stream"},
          "timeout": "2s", "limits": {"ordering": "key"}, "retry": {"delays": ["50ms"] * 8}})
    consumer = start_consumer(folder, False)
    accepted = set()
    try:
        for number in range(rounds):
            publisher = Publisher(folder, number * EVENTS)
            publisher.start()
            for _ in range(chance.randrange(1, EVENTS)):
                publisher.begun.acquire()
            if number % 2 == 0:
                kill(running)
                running = start(hub, folder)[0]
            else:
                kill(consumer)
                consumer = start_consumer(folder, number % 4 == 1)
            publisher.join()
            accepted |= publisher.accepted
        wait_for_all(folder, accepted)
        again = sum(1 for _ in open(folder / "ledger")) - len(written_down(folder))
        print(f"{rounds} kills, {len(accepted)} events accepted, all delivered,"
              f" {again} deliveries came again")
    finally:
        kill(consumer)
        kill(running)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hub", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--consume", type=pathlib.Path, help="be the consumer")
    parser.add_argument("--by-polls", action="store_true")
    arguments = parser.parse_args()
    if arguments.consume:
        return consume(arguments.consume, arguments.by_polls)
    with tempfile.TemporaryDirectory() as folder:
        run(arguments.hub.resolve(), pathlib.Path(folder), arguments.rounds,
            random.Random(arguments.seed))


if __name__ == "__main__":
    main()
