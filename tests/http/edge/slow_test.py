#!/usr/bin/env python3
"""slowhttptest in its three modes (slow heads, slow bodies, slow readers) against a hub, while a good
client goes on: every request of it is answered, and promptly.

Usage: slow_test.py KATYDID [CONNECTIONS]. slowhttptest itself takes a core, so the bound is generous;
drip_test.py measures what the hub is answerable for."""

import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from good_client import ask_for, connections_of, p99  # noqa: E402
from hub import Hub, need  # noqa: E402

CONNECTIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 800
SECONDS = 8  # fewer than the hub gives a head, so that all of them are there all the time
CONNECT_SECONDS_MAX = 20
ASK_GAP_SECONDS = 0.02
SAMPLES_MIN = 100
MODES = {"slow heads": ["-H", "-i", "1"], "slow bodies": ["-B", "-i", "1", "-s", "8192"],
         "slow readers": ["-X", "-w", "1", "-y", "4", "-n", "1", "-z", "1"]}


class Attack:
    """One slowhttptest. `ended` is set when it has ended."""

    def __init__(self, port, options):
        path = "/nowhere" if "-X" in options else "/api/webhooks/atlvs"
        # Its own work is somebody else's machine's: it gets what is left of this one.
        self.process = subprocess.Popen(
            ["nice", "-n", "19", "slowhttptest", "-c", str(CONNECTIONS), "-r", str(CONNECTIONS // 2),
             "-l", str(2 * SECONDS), "-p", "3", "-u", f"http://127.0.0.1:{port}{path}", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.ended = threading.Event()
        self.waiter = threading.Thread(target=lambda: (self.process.wait(), self.ended.set()))
        self.waiter.start()

    def wait_connected(self, hub):
        """Until it has nearly all of its connections, which the hub counts. How many there are."""
        deadline = time.monotonic() + CONNECT_SECONDS_MAX
        count = connections_of(hub)
        while count < 0.95 * CONNECTIONS and time.monotonic() < deadline:
            if self.ended.wait(ASK_GAP_SECONDS):
                break
            count = connections_of(hub)
        return count

    def end(self):
        self.process.terminate()
        self.waiter.join()


def judge(mode, hub):
    """What is wrong, or nothing."""
    quiet = p99(ask_for(hub.port, 4))
    attack = Attack(hub.port, MODES[mode])
    try:
        connected = attack.wait_connected(hub)
        times = ask_for(hub.port, SECONDS - 2, attack.ended)
        was_ended = attack.ended.is_set()
    finally:
        attack.end()
    if was_ended and len(times) < SAMPLES_MIN:
        # On a busy machine it connects so slowly that the hub has ended the first of it by then.
        print(f"{mode}, {connected} connections: the hub ended the attack")
        return []
    under = p99(times)
    print(f"{mode}, {connected} connections: p99 {under:.1f} ms; quiet {quiet:.1f} ms")
    return [f"{mode}: p99 {under:.1f} ms"] if under > max(10 * quiet, 250) else []


def main():
    need("slowhttptest")
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(sys.argv[1], folder).wait_ready()
        try:
            ask_for(hub.port, 1)
            for mode in MODES:
                problems += judge(mode, hub)
        finally:
            if hub.end() != 0:
                problems.append("the hub did not end well:\n" + hub.log_tail())
    print("\n".join(problems))
    return 1 if problems else 0


sys.exit(main())
