#!/usr/bin/env python3
"""The account of one event is read rightly out of callgrind's files, what grows fails, and the document
tells the figures that are the limits."""
import json
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/account"))
import document  # noqa: E402
from account import DOCUMENT, PHASES, RATCHET  # noqa: E402
from costs import Phase, plain  # noqa: E402
from hub_run import IS_HELD, MARK, AWAKE, webhook  # noqa: E402
from ratchet import judge  # noqa: E402

# Ten events. The loop: 100 instructions of its own, 20 in a string of the C++ library, 300 of
# SHA-256, a malloc by operator new for it, one of OpenSSL's, and an aligned one that passes through
# two of the C library's functions. It waits by the library that keeps it in step.
LOOP = """events: Ir
ob=(1) /hub/katydid
fn=(1) katydid::receive::normalise(int) const
0 1000
cob=(2) /lib/libstdc++.so.6
cfn=(2) std::string::_M_mutate(unsigned long)
calls=20 0
0 700
cob=(3) /lib/libc.so.6
cfn=(3) aligned_alloc
calls=10 0
0 60
cob=(4) /lib/libcrypto.so.3
cfn=(4) SHA256_Update
calls=10 0
0 3110
cob=(5) /build/libkatydid_lockstep.so
cfn=(5) epoll_wait
calls=5 0
0 50

ob=(2)
fn=(2)
0 200
cfn=(6) operator new(unsigned long)
calls=10 0
0 500

fn=(6)
0 100
cob=(3)
cfn=(7) malloc
calls=10 0
0 400

ob=(3)
fn=(3)
0 10
cfn=(8) _mid_memalign.constprop.0
calls=10 0
0 50

fn=(8)
0 10
cfn=(7)
calls=10 0
0 40

fn=(7)
0 460

ob=(4)
fn=(4)
0 90
cfn=(9) 0x00000000000ff
calls=40 0
0 3000
cob=(3)
cfn=(7)
calls=10 0
0 20

fn=(9)
0 3000

ob=(5)
fn=(5)
0 20
cfn=(11) poll
calls=5 0
0 30

fn=(11)
cob=(3)
cfn=(10) poll
calls=5 0
0 30

ob=(3)
fn=(10)
0 30
"""
# The store: SQLite allocates twice an event, writes once and syncs once for all ten. It was in a call
# when the file began.
STORE = """events: Ir
ob=(1) /hub/katydid
fn=(1) katydid::store::Writer::run()
0 10
cob=(2) /lib/libsqlite3.so.0
cfn=(2) sqlite3_step
calls=0 0
0 5000

ob=(2)
fn=(2)
0 4000
cob=(3) /lib/libc.so.6
cfn=(3) malloc
calls=20 0
0 900
cob=(3)
cfn=(4) pwrite@@GLIBC_2.2.5
calls=10 0
0 80
cob=(3)
cfn=(5) fdatasync
calls=1 0
0 20

ob=(3)
fn=(3)
0 900

fn=(4)
0 80

fn=(5)
0 20
"""


def account_of(*texts):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, text in enumerate(texts):
            paths.append(pathlib.Path(folder) / f"costs.1-{number:02}")
            paths[-1].write_text(text)
        return Phase(paths, 10)


def check(what, found, wanted):
    if found != wanted:
        sys.exit(f"FAILED: {what}: {found}, wanted {wanted}")


def check_reading():
    phase = account_of(STORE, LOOP)
    loop, store = phase.threads["loop"], phase.threads["store"]
    check("instructions of the loop", loop.instructions(),
          {"the hub's own": 100, "C++ library": 30, "malloc and free": 48, "OpenSSL": 9, "SHA-256": 300,
           "C library": 3})
    check("instructions of the store", store.instructions(),
          {"the hub's own": 1, "SQLite": 400, "malloc and free": 90, "C library": 10})
    check("allocations of the loop", loop.allocations(), {"the hub's own": 2, "OpenSSL": 1})
    check("allocations of the store", store.allocations(), {"SQLite": 2})
    check("who allocates", loop.allocation_sites(), [(2, "katydid::receive::normalise")])
    check("system calls of the loop", loop.system_calls(), {"epoll_wait": 0.5})
    check("system calls of the store", store.system_calls(), {"pwrite": 1, "fdatasync": 0.1})
    check("the figures", phase.figures(), {"instructions": 691, "allocations": 5, "system_calls": 1.6})
    check("rooms of the store", store.rooms().keys(), {"store"})


def check_names():
    for name, wanted in (
            ("std::shared_ptr<int> katydid::intake::accept<a::b>(c, std::pair<d, e>) const", "katydid::intake::accept"),
            ("katydid::http::(anonymous namespace)::read(int) [clone .resume]", "katydid::http::read"),
            ("katydid::handlers::(anonymous namespace)::value(int)'2", "katydid::handlers::value"),
            ("katydid::to_text[abi:cxx11](int)", "katydid::to_text"),
            ("0x00000000000ff650'2 in libsqlite3.so.0", "without name in libsqlite3.so.0"),
            ("memcpy@@GLIBC_2.14", "memcpy")):
        check(name, plain(name), wanted)


def check_judging():
    limits = {"ingest": {"instructions": 100_000, "allocations": 50, "system_calls": 4}}
    for what, changed, counts in (
            ("the same", {}, (0, 0)), ("noise", {"instructions": 100_900, "allocations": 50.2}, (0, 0)),
            ("instructions grew", {"instructions": 101_100}, (1, 0)),
            ("one allocation in two events more", {"allocations": 50.5}, (1, 0)),
            ("one system call more, instructions fell", {"system_calls": 5, "instructions": 98_000}, (1, 1)),
            ("everything fell", {"instructions": 1, "allocations": 1, "system_calls": 1}, (0, 3))):
        grew, fell = judge({"ingest": {**limits["ingest"], **changed}}, limits)
        check(what, (len(grew), len(fell)), counts)
    check("a phase without limits", len(judge({"other": {"allocations": 1}}, limits)[0]), 1)


def check_agreement():
    limits = json.loads(RATCHET.read_text())
    check("the phases that have limits", list(limits), [name for name, _, _ in PHASES])
    check("the figures in docs/performance.md (script/profile account --keep writes both)",
          document.figures_in(DOCUMENT.read_text()), document.figures_table(limits))
    text = (ROOT / "bench/account/lockstep.cpp").read_text()
    places = {"is_held": IS_HELD, "mark": MARK, "awake": AWAKE}
    members = re.findall(r"std::atomic<unsigned char> (\w+);", text)
    check("what the client and lockstep.cpp share", {name: at for at, name in enumerate(members)}, places)
    check("the size of a webhook", len(webhook(7).split(b"\r\n\r\n")[1]), 1024)


for test in (check_reading, check_names, check_judging, check_agreement):
    test()
print("the account is read, judged and written as it should be")
