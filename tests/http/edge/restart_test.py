#!/usr/bin/env python3
"""Restarts under load: a client that connects while one hub ends and the next one starts is answered.

The listening socket is held here, as systemd holds it; each hub gets a copy."""

import itertools
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from hub import Hub, exchange, listening_socket, status_of, webhook  # noqa: E402

SERVED_BETWEEN = 150  # answers between two restarts
CLIENTS = 32


class Load:
    """Clients that open a connection for each webhook, at a rate, until told to stop."""

    def __init__(self, port, per_second):
        self.port = port
        self.gap = CLIENTS / per_second
        self.numbers = itertools.count()
        self.served = 0
        self.slowest = 0.0
        self.failures = []
        self.lock = threading.Condition()
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.work) for _ in range(CLIENTS)]

    def work(self):
        turn = time.monotonic()
        while not self.stopped.is_set():
            began = time.monotonic()
            try:
                answer = exchange(self.port, webhook(next(self.numbers)))
                problem = None if status_of(answer) == 200 else f"answered {answer[:100]!r}"
            except OSError as error:
                problem = repr(error)
            with self.lock:
                self.slowest = max(self.slowest, time.monotonic() - began)
                if problem:
                    self.failures.append(problem)
                else:
                    self.served += 1
                self.lock.notify_all()
            turn = max(turn + self.gap, began)
            self.stopped.wait(max(0.0, turn - time.monotonic()))

    def wait_served(self, count):
        with self.lock:
            self.lock.wait_for(lambda: self.served >= count or self.failures, 60)


def main():
    program, restarts = sys.argv[1], int(sys.argv[2])
    per_second = float(sys.argv[3]) if len(sys.argv) > 3 else 1000.0
    listener, operators = listening_socket(), listening_socket()
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(program, folder, (listener, operators)).wait_ready()
        load = Load(listener.getsockname()[1], per_second)
        began = time.monotonic()
        for thread in load.threads:
            thread.start()
        try:
            for _ in range(restarts):
                load.wait_served(load.served + SERVED_BETWEEN)
                status = hub.end()
                if status != 0:
                    load.failures.append(f"a hub ended with {status}:\n{hub.log_tail()}")
                if load.failures:
                    break
                hub = Hub(program, folder, (listener, operators)).wait_ready()
            load.wait_served(load.served + SERVED_BETWEEN)
        finally:
            load.stopped.set()
            for thread in load.threads:
                thread.join()
            hub.end()
        seconds = time.monotonic() - began
        print(f"{restarts} restarts in {seconds:.1f} s: {load.served} new connections served "
              f"({load.served / seconds:.0f}/s), {len(load.failures)} failed, "
              f"slowest {load.slowest:.2f} s")
        for failure in load.failures[:5]:
            print("failed:", failure)
        return 1 if load.failures else 0


sys.exit(main())
