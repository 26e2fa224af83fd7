"""Call stacks out of callgrind's files, as near as they can be told.

Callgrind counts who called whom and what that cost, not whole stacks. Where a function has several
callers, what it calls is divided among them by their share of its cost; a function that calls
itself, even through others, is entered once.
"""
import re

DEPTH_MAX = 90
SMALLEST_SHARE = 0.0003  # of everything: thinner stacks are not followed any further

NAME = re.compile(r"(c?fn)=\((\d+)\)(?: (.*))?")
COST = re.compile(r"[+\-*\d]\S* (\d+)")


class Profile:
    """What each function cost itself, and each of its calls."""

    def __init__(self):
        self.own = {}    # function -> cost
        self.calls = {}  # caller -> {callee: cost with all below}

    def read(self, lines):
        names, function, callee, is_call = {}, "", "", False
        for line in lines:
            found = NAME.match(line)
            if found:
                kind, number, name = found.groups()
                if name:
                    names[number] = name
                if kind == "fn":
                    function = names[number]
                else:
                    callee = names[number]
                continue
            if line.startswith("calls="):
                is_call = True
                continue
            cost = COST.match(line)
            if not cost:
                continue
            if is_call:
                below = self.calls.setdefault(function, {})
                below[callee] = below.get(callee, 0) + int(cost[1])
            else:
                self.own[function] = self.own.get(function, 0) + int(cost[1])
            is_call = False

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
