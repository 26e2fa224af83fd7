"""The live picture: a table that redraws itself on a terminal, plain lines anywhere else."""

import collections
import sys
import time

from outcome import dead_reasons

PLAIN_SECONDS = 1.0
STATES = ("waiting", "retrying", "delivered", "dead")


def count_states(deliveries):
    """How many deliveries of each subscription are in which of STATES."""
    shown_as = {"pending": "waiting", "in_flight": "waiting", "scheduled": "retrying",
                "delivered": "delivered", "dead": "dead", "cancelled": "dead"}
    counts = collections.defaultdict(collections.Counter)
    for delivery in deliveries:
        counts[delivery["subscription"]][shown_as[delivery["state"]]] += 1
        counts[delivery["subscription"]]["retried"] += delivery["attempts"] > 1
    return counts


def platform_rows(ledgers):
    lines = [f"  {'platform':<14}{'accepted':>10}{'repeats':>10}{'refused':>10}"
             f"{'received':>10}{'failed':>10}   mode"]
    for name, ledger in ledgers.items():
        posted, received = ledger["posted"], ledger["received"]
        refused = sum(posted["by_status"].values()) - posted["accepted"] - posted["repeats"]
        failed = sum(received["refused"].values())
        lines.append(f"  {name:<14}{posted['accepted']:>10}{posted['repeats']:>10}{refused:>10}"
                     f"{received['accepted']:>10}{failed:>10}   {ledger['mode']['mode']}")
    return lines


def subscription_rows(counts, names):
    heads = (*STATES, "retried")
    lines = [f"  {'subscription':<17}" + "".join(f"{head:>11}" for head in heads)]
    for subscription, name in sorted(names.items(), key=lambda item: item[1]):
        lines.append(f"  {name:<17}" + "".join(f"{counts[subscription][head]:>11}" for head in heads))
    return lines


def in_one_line(counts, names):
    """What is not zero of every subscription."""
    return "; ".join(
        name + " " + ", ".join(f"{count} {head}" for head, count in sorted(counts[key].items()) if count)
        for key, name in sorted(names.items(), key=lambda item: item[1]) if any(counts[key].values()))


class Picture:
    """One look at the three programs."""

    def __init__(self, seconds, ledgers, deliveries, names):
        counts = count_states(deliveries)
        reasons = [f"  {count} dead: {reason}" for reason, count in dead_reasons(deliveries)[:3]]
        self.title = f"Katydid after {seconds:4.1f} s"
        self.line = in_one_line(counts, names)
        self.table = [self.title, "", *platform_rows(ledgers), "", *subscription_rows(counts, names),
                      *reasons, ""]


class Display:
    def __init__(self, stream=sys.stderr):
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._drawn = 0
        self._last_plain = 0.0

    def draw(self, picture):
        """Replaces the table on a terminal; elsewhere one line a second."""
        if self._is_terminal:
            self._clear()
            self._stream.write("\n".join(picture.table) + "\n")
            self._drawn = len(picture.table)
        elif time.monotonic() - self._last_plain >= PLAIN_SECONDS:
            self._last_plain = time.monotonic()
            self._stream.write(f"{picture.title}: {picture.line}\n")
        self._stream.flush()

    def say(self, text):
        """A line above the table."""
        self._clear()
        self._stream.write(text + "\n")
        self._stream.flush()

    def finish(self, picture):
        """The last table, whole, wherever it goes."""
        self.say("\n".join(picture.table))

    def _clear(self):
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}A\x1b[J")
        self._drawn = 0
