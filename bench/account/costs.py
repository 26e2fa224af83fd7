"""What an event costs, out of callgrind's files: instructions, allocations and system calls, by
thread and by who spends them."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
import callgrind_file  # noqa: E402

ALLOCATORS = {"malloc", "calloc", "realloc", "aligned_alloc", "memalign", "posix_memalign"}
HEAP = ALLOCATORS | {"free", "_int_malloc", "_int_free", "_int_realloc", "_mid_memalign.constprop.0",
                     "_int_memalign", "malloc_consolidate", "sysmalloc", "unlink_chunk.constprop.0",
                     "cfree", "tcache_init.part.0", "systrim.constprop.0"}
SYSTEM_CALLS = {
    "accept", "accept4", "close", "connect", "epoll_ctl", "epoll_wait", "fallocate", "fcntl", "fdatasync",
    "fstat", "fsync", "ftruncate", "futex", "getpeername", "getsockname", "getsockopt", "io_uring_enter",
    "ioctl", "lseek", "mmap", "mremap", "munmap", "open", "poll", "pread", "pthread_cond_broadcast",
    "pthread_cond_clockwait", "pthread_cond_signal", "pthread_cond_timedwait", "pthread_cond_wait",
    "pwrite", "pwritev", "read", "readv", "recv", "recvfrom", "recvmsg", "send", "sendfile", "sendmsg",
    "sendto", "setsockopt", "shutdown", "socket", "stat", "sync_file_range", "timerfd_settime",
    "unlink", "write", "writev"}
HUB, HASH, HEAP_OWNER, C_LIBRARY = "the hub's own", "SHA-256", "malloc and free", "C library"
STEP = "in step"  # lockstep.cpp: no part of the hub, so it does not count
OWNERS = [("libcrypto", "OpenSSL"), ("libssl", "OpenSSL"), ("libsqlite3", "SQLite"), ("libpq", "libpq"),
          ("libboost_", "Boost's libraries"), ("libc.so", C_LIBRARY), ("libm.so", C_LIBRARY),
          ("ld-linux", C_LIBRARY), ("libstdc++", "C++ library"), ("libprometheus", "metrics library"),
          ("libzstd", "compression"), ("libz.", "compression"), ("libkatydid_lockstep", STEP)]


def base(function):
    """Without the mark of a recursion and the version of a symbol."""
    return re.sub(r"'\d+( in .*)?$|@.*$", r"\1", function)


def plain(function):
    """Without template arguments, parameters and the type of the result."""
    name = base(function).replace("(anonymous namespace)", "").replace("::::", "::")
    if name.startswith("operator new"):
        return "operator new"
    while True:
        shorter = re.sub(r"<[^<>]*>|\([^()]*\)|\[[^\[\]]*\]", "", name)
        if shorter == name:
            break
        name = shorter
    name = re.sub(r"( const| &)+$", "", name.strip())
    return re.sub("^0x[0-9a-f]+", "without name", name) if name.startswith("0x") else name.rsplit(" ", 1)[-1]


def room_of(name):
    """Of a plain name: its namespace."""
    parts = name[name.index("katydid::"):].split("::") if "katydid::" in name else ["", ""]
    return parts[1] if len(parts) > 2 and parts[1].islower() else "core"


class Thread:
    """What one thread did between two marks, per event."""

    def __init__(self, path, events):
        self.profile = callgrind_file.Profile()
        with open(path, encoding="utf-8", errors="replace") as file:
            self.profile.read(file)
        self.events = events
        self.hashing = self.find_hashing()
        self.callers = {}
        for caller, below in self.profile.counts.items():
            for callee, count in below.items():
                self.callers.setdefault(callee, {})[caller] = count

    def find_hashing(self):
        """The rounds of SHA-256 have no name: they are what SHA256_Update and _Final call."""
        found = set()
        for caller, below in self.profile.calls.items():
            if caller.startswith("SHA") and "libcrypto" in self.profile.objects[caller]:
                found |= {callee for callee in below if callee.startswith("0x")}
        return found

    def owner_of(self, function):
        if function in self.hashing:
            return HASH
        path = self.profile.objects[function].rsplit("/", 1)[-1]
        if path.startswith("libc.so") and base(function) in HEAP:
            return HEAP_OWNER
        return next((owner for part, owner in OWNERS if path.startswith(part)), HUB)

    def instructions(self):
        """By owner; without the library that keeps the hub in step."""
        found = {}
        for function, cost in self.profile.own.items():
            owner = self.owner_of(function)
            found[owner] = found.get(owner, 0) + cost / self.events
        found.pop(STEP, None)
        return found

    def functions(self):
        """What costs most by itself: (instructions, function, owner)."""
        found = {}
        for function, cost in self.profile.own.items():
            key = (plain(function), self.owner_of(function))
            found[key] = found.get(key, 0) + cost / self.events
        return sorted(((cost, *key) for key, cost in found.items() if key[1] != STEP), reverse=True)

    def calls_into(self, names):
        """Calls of the C library's functions of these names, by others: yields (caller, name, count)."""
        objects = self.profile.objects
        for callee, callers in self.callers.items():
            if base(callee) not in names or "libc.so" not in objects[callee]:
                continue
            for caller, count in callers.items():
                if self.owner_of(caller) not in (HEAP_OWNER, STEP):
                    yield caller, base(callee), count / self.events

    def allocations(self):
        """By owner. What the C++ library or Boost allocates, it does for the hub."""
        found = {}
        for caller, _, count in self.calls_into(ALLOCATORS):
            owner = self.owner_of(caller)
            owner = owner if owner in ("SQLite", "OpenSSL") else HUB
            found[owner] = found.get(owner, 0) + count
        return found

    def allocation_sites(self):
        """Who asked for the hub's own: (count, function), the libraries' functions looked through."""
        found = {}
        for caller, _, count in self.calls_into(ALLOCATORS):
            if self.owner_of(caller) not in ("SQLite", "OpenSSL"):
                for function, part in self.askers(caller, count, frozenset()):
                    found[function] = found.get(function, 0) + part
        return sorted(((count, function) for function, count in found.items()), reverse=True)

    def allocations_by_room(self):
        found = {owner: count for owner, count in self.allocations().items() if owner == "OpenSSL"}
        sqlite = self.allocations().get("SQLite", 0)
        for count, function in self.allocation_sites():
            room = room_of(function) if "katydid::" in function else "event loop"
            found[room] = found.get(room, 0) + count
        if sqlite:
            found["store"] = found.get("store", 0) + sqlite
        return found

    def askers(self, function, count, seen):
        """Shares out `count` among the functions of the house above `function`."""
        name = plain(function)
        callers = {each: calls for each, calls in self.callers.get(function, {}).items()
                   if calls > 0 and each not in seen}
        is_library = self.owner_of(function) != HUB \
            or name.startswith(("std::", "boost::", "operator new", "__gnu", "_Z"))
        if not is_library or not callers:
            yield name, count
            return
        whole = sum(callers.values())
        for caller, calls in callers.items():
            yield from self.askers(caller, count * calls / whole, seen | {function})

    def system_calls(self):
        """By name. Those that keep the hub in step pass through a function of the same name."""
        found = {}
        for caller, name, count in self.calls_into(SYSTEM_CALLS):
            if self.owner_of(caller) != C_LIBRARY:
                found[name] = found.get(name, 0) + count
        for callee, callers in self.callers.items():
            if base(callee) in SYSTEM_CALLS and self.owner_of(callee) == STEP:
                count = sum(each for caller, each in callers.items() if self.owner_of(caller) != STEP)
                found[base(callee)] = count / self.events
        return {name: count for name, count in found.items() if count > 0}

    def rooms(self):
        """Instructions without SHA-256 by the room whose function asked for them, libraries included."""
        found = {}
        for stack, cost in self.profile.stacks():
            if not self.hashing.isdisjoint(stack):
                continue
            room = next((room_of(plain(each)) for each in reversed(stack)
                         if self.owner_of(each) == HUB and "katydid::" in plain(each)), "event loop")
            found[room] = found.get(room, 0) + cost / self.events
        return found

    def role(self):
        """Threads have no names: the store's is the one that makes durable."""
        calls = self.system_calls()
        if "fdatasync" in calls or "fsync" in calls:
            return "store"
        return "loop" if "epoll_wait" in calls else "other"


class Phase:
    """All threads between two marks."""

    def __init__(self, paths, events):
        self.threads = {}
        for path in sorted(paths):
            thread = Thread(path, events)
            role = thread.role()
            if role in self.threads:
                raise RuntimeError(f"there are two threads of the kind {role}")
            self.threads[role] = thread

    def sum_up(self, what):
        """The sums over all threads of what each says, e.g. Thread.instructions."""
        found = {}
        for thread in self.threads.values():
            for name, count in what(thread).items():
                found[name] = found.get(name, 0) + count
        return found

    def figures(self):
        """What is held to a limit."""
        instructions = self.sum_up(Thread.instructions)
        allocations = self.sum_up(Thread.allocations)
        return {"instructions": round(sum(instructions.values()) - instructions.get(HASH, 0)),
                "allocations": round(sum(allocations.values()), 2),
                "system_calls": round(sum(self.sum_up(Thread.system_calls).values()), 2)}
