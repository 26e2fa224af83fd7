"""What an event costs may only fall: figures against their limits."""

# Share and amount by which a figure may be over its limit. In ten runs the least and the most were
# apart by 0.0025, 0.04 and 0.2; see docs/decisions/0015-cost-of-an-event.md.
TOLERANCES = {"instructions": (0.01, 0), "allocations": (0, 0.25), "system_calls": (0, 0.5)}


def judge(figures, limits):
    """Two lists of sentences: what grew, and what fell so far that the limit can follow."""
    grew, fell = [], []
    for phase, found in figures.items():
        for name, value in found.items():
            limit = limits.get(phase, {}).get(name)
            if limit is None:
                grew.append(f"{phase}: {name} has no limit")
                continue
            share, amount = TOLERANCES[name]
            allowance = limit * share + amount
            change = f"{phase}: {name} {limit:,} -> {value:,} an event"
            if value > limit + allowance:
                grew.append(change)
            elif value < limit - allowance:
                fell.append(change)
    return grew, fell
