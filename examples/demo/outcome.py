"""What became of every webhook: the hub's deliveries against both sides' ledgers. No I/O."""

import collections

ENDED = {"delivered", "dead", "cancelled"}


def accepted_posts(ledger):
    """The webhooks of one platform that the hub answered with 2xx, each once."""
    return [post for post in ledger["posted"]["entries"]
            if post["status"] // 100 == 2 and not post["duplicate"]]


def index_received(ledger):
    """By what a receiver's ledger knows its webhooks: ids of events, and their data's subjects."""
    entries = ledger["received"]["entries"]
    return {entry["id"] for entry in entries} | {entry["subject"] for entry in entries} - {""}


def is_lost(post, deliveries, arrivals):
    """Accepted, but without an end, or ended as delivered without having arrived.

    `arrivals` maps a delivery to what its receiver's ledger holds.
    """
    if not deliveries:
        return True
    names = {post["event"], post["id"], post["subject"]}
    return any(delivery["state"] not in ENDED
               or (delivery["state"] == "delivered" and names.isdisjoint(arrivals(delivery)))
               for delivery in deliveries)


def summarise(deliveries, atlvs, grasshopper, to_atlvs):
    """The JSON summary. `to_atlvs` is the id of the subscription that goes there."""
    by_event = collections.defaultdict(list)
    for delivery in deliveries:
        by_event[delivery["event"]].append(delivery)
    at_atlvs, at_grasshopper = index_received(atlvs), index_received(grasshopper)

    def arrivals(delivery):
        return at_atlvs if delivery["subscription"] == to_atlvs else at_grasshopper

    posts = accepted_posts(atlvs) + accepted_posts(grasshopper)
    delivered = [delivery for delivery in deliveries if delivery["state"] == "delivered"]
    delivered_to_atlvs = sum(delivery["subscription"] == to_atlvs for delivery in delivered)
    return {
        "accepted": len(posts),
        "delivered": len(delivered),
        "retried": sum(delivery["attempts"] > 1 for delivery in deliveries),
        "dead": sum(delivery["state"] == "dead" for delivery in deliveries),
        "lost": sum(is_lost(post, by_event[post["event"]], arrivals) for post in posts),
        "duplicates": atlvs["received"]["again"] + grasshopper["received"]["again"],
        "repeats_recognised": atlvs["posted"]["repeats"] + grasshopper["posted"]["repeats"],
        "delivered_to_grasshopper": len(delivered) - delivered_to_atlvs,
        "delivered_to_atlvs": delivered_to_atlvs,
    }


def is_good(summary):
    return (summary["lost"] == 0 and summary["delivered_to_grasshopper"] > 0
            and summary["delivered_to_atlvs"] > 0)


def all_ended(deliveries):
    return all(delivery["state"] in ENDED for delivery in deliveries)


def dead_reasons(deliveries):
    """[(reason, count)], the most frequent first."""
    return collections.Counter(delivery["reason"] or "no reason given" for delivery in deliveries
                               if delivery["state"] == "dead").most_common()
