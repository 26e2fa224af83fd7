"""Call stacks out of callgrind's files, as near as they can be told.

Callgrind counts who called whom and what that cost, not whole stacks. Where a function has several
callers, what it calls is divided among them by their share of its cost; a function that calls
itself, even through others, is entered once.
"""
import re

DEPTH_MAX = 90
SMALLEST_SHARE = 0.0003  # of everything: thinner stacks are not followed any further

NAME = re.compile(r"(c?(?:fn|ob))=\((\d+)\)(?: (.*))?")
COST = re.compile(r"[+\-*\d]\S* (\d+)")


class Profile:
    """What each function cost itself, and each of its calls. One without a name is called by its
    address and its object (the program or library it is in)."""

    def __init__(self):
        self.own = {}      # function -> cost
        self.calls = {}    # caller -> {callee: cost with all below}
        self.counts = {}   # caller -> {callee: how often}
        self.objects = {}  # function -> path of its object

    def read(self, lines):
        reader = Reader(self)
        for line in lines:
            reader.take(line)

    def total_of(self, function):
        return self.own.get(function, 0) + sum(self.calls.get(function, {}).values())

    def stacks(self):
        """Yields (functions, outermost first; cost)."""
        called = {callee for below in self.calls.values() for callee in below}
        roots = [name for name in set(self.own) | set(self.calls) if name not in called]
        least = SMALLEST_SHARE * sum(self.own.values())
        for root in sorted(roots):
            yield from self.below([root], 1.0, least)

    def below(self, stack, share, least):
        function = stack[-1]
        own = self.own.get(function, 0) * share
        for callee, cost in sorted(self.calls.get(function, {}).items()):
            whole = self.total_of(callee)
            part = cost * share
            if callee in stack or len(stack) >= DEPTH_MAX or part < least or whole == 0:
                own += part  # not followed: it counts as the caller's
            else:
                yield from self.below(stack + [callee], part / whole, least)
        if own > 0:
            yield stack, own


class Reader:
    """One file's state: names are written out once, then only numbered."""

    def __init__(self, profile):
        self.profile = profile
        self.names = {"fn": {}, "ob": {}}
        self.object = self.called_object = self.function = self.callee = ""
        self.count = None  # of the calls whose cost is the next line; 0: they began before this file

    def take(self, line):
        found = NAME.match(line)
        if found:
            self.take_name(*found.groups())
        elif line.startswith("calls="):
            self.count = int(line[len("calls="):].split()[0])
        else:
            cost = COST.match(line)
            if cost:
                self.take_cost(int(cost[1]))

    def take_name(self, kind, number, name):
        known = self.names[kind[-2:]]
        if name:
            known[number] = name
        if kind == "ob":
            self.object = known[number]
        elif kind == "cob":
            self.called_object = known[number]
        elif kind == "fn":
            self.function = self.place(known[number], self.object)
        else:
            # Without an object of its own, what is called is in the caller's.
            self.callee = self.place(known[number], self.called_object or self.object)
            self.called_object = ""

    def place(self, name, in_object):
        if name.startswith("0x"):
            name += " in " + in_object.rsplit("/", 1)[-1]
        self.profile.objects[name] = in_object
        return name

    def take_cost(self, cost):
        if self.count is None:
            own = self.profile.own
            own[self.function] = own.get(self.function, 0) + cost
            return
        for table, value in ((self.profile.calls, cost), (self.profile.counts, self.count)):
            below = table.setdefault(self.function, {})
            below[self.callee] = below.get(self.callee, 0) + value
        self.count = None
