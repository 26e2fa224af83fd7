#!/usr/bin/env python3
"""The demo's verdict: a summary that calls nothing lost must be able to say the opposite."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples/demo"))
from outcome import all_ended, dead_reasons, is_good, summarise  # noqa: E402


def ledger(posted=(), received=(), again=0, repeats=0):
    return {"posted": {"entries": list(posted), "repeats": repeats},
            "received": {"entries": list(received), "again": again}}


def post(event, status=200, duplicate=False):
    return {"event": event, "id": "own-" + event, "subject": "s@" + event, "status": status,
            "duplicate": duplicate}


def delivery(event, subscription, state="delivered", attempts=1, reason=None):
    return {"event": event, "subscription": subscription, "state": state, "attempts": attempts,
            "reason": reason}


GRASSHOPPER_GOT = {"id": "", "subject": "s@e1"}
ATLVS_GOT = {"id": "e2", "subject": "other"}


class Outcome(unittest.TestCase):
    def summary(self, deliveries, at_atlvs=(ATLVS_GOT,), at_grasshopper=(GRASSHOPPER_GOT,), again=0):
        atlvs = ledger([post("e1"), post("e1", duplicate=True), post("", 503)], at_atlvs, repeats=1)
        grasshopper = ledger([post("e2")], at_grasshopper, again)
        return summarise(deliveries, atlvs, grasshopper, "to_atlvs")

    # Goal: everything arrived: by its subject at one side, by its event's id at the other.
    def test_nothing_lost(self):
        summary = self.summary([delivery("e1", "to_g", attempts=3), delivery("e2", "to_atlvs")])
        self.assertEqual(summary, {
            "accepted": 2, "delivered": 2, "retried": 1, "dead": 0, "lost": 0, "duplicates": 0,
            "repeats_recognised": 1, "delivered_to_grasshopper": 1, "delivered_to_atlvs": 1})
        self.assertTrue(is_good(summary))

    # Goal: an accepted event without any delivery is lost.
    def test_event_without_delivery(self):
        summary = self.summary([delivery("e1", "to_g")])
        self.assertEqual(summary["lost"], 1)
        self.assertFalse(is_good(summary))

    # Goal: a delivery that never ended, or that arrived nowhere, is lost whatever the hub says.
    def test_delivery_without_end_or_arrival(self):
        open_one = [delivery("e1", "to_g", "scheduled"), delivery("e2", "to_atlvs")]
        self.assertEqual(self.summary(open_one)["lost"], 1)
        self.assertFalse(all_ended(open_one))
        ended = [delivery("e1", "to_g"), delivery("e2", "to_atlvs")]
        self.assertEqual(self.summary(ended, at_atlvs=())["lost"], 1)
        self.assertEqual(self.summary(ended, at_grasshopper=())["lost"], 1)

    # Goal: an arrival at the other platform does not count.
    def test_arrival_at_the_wrong_side(self):
        ended = [delivery("e1", "to_g"), delivery("e2", "to_atlvs")]
        self.assertEqual(self.summary(ended, at_atlvs=(GRASSHOPPER_GOT,), at_grasshopper=(ATLVS_GOT,))["lost"], 2)

    # Goal: dead is counted with its reason and is not lost; one silent direction is not good.
    def test_dead_is_counted(self):
        dead = [delivery("e1", "to_g", "dead", reason="no counterpart"), delivery("e2", "to_atlvs")]
        summary = self.summary(dead)
        self.assertEqual((summary["dead"], summary["lost"]), (1, 0))
        self.assertEqual(dead_reasons(dead), [("no counterpart", 1)])
        self.assertFalse(is_good(summary))


if __name__ == "__main__":
    unittest.main()
