"""The guide's two stories, creating an event and buying a ticket, told through the hub: first with
ATLVS up, then down and back, and what the user of each side sees."""

import json
import time
import urllib.error
import urllib.request

import clients
from programs import DemoError

WAIT_SECONDS_MAX = 30


class Grasshopper:
    """Grasshopper's own client of ATLVS: it knows ATLVS_API_URL, which is the hub, and a key."""

    def __init__(self, api_url, key):
        self.api_url = api_url
        self.key = key

    def call(self, path, body=None):
        """(status, JSON of the answer, headers); every status is an answer."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.api_url + path, data, headers)
        try:
            with clients.open_url(request) as answer:
                return answer.status, json.load(answer), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null"), error.headers

    def wait_for(self, operation):
        """What /operations/{id} says once it is no longer queued."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            _, answer, _ = self.call(f"/operations/{operation}")
            if answer["status"] != "queued":
                return answer
            time.sleep(0.1)
        raise DemoError(f"the operation {operation} never ended")


def event(number, name):
    return {"grasshopperId": f"evt_demo_{number}", "name": name, "venue": "Harbour stage",
            "startDate": "2026-06-20T18:00:00Z", "endDate": "2026-06-20T23:00:00Z", "status": "published",
            "contactEmail": "promoter@mail.example"}


def sale(number, tickets):
    return {"eventId": f"evt_demo_{number}", "ticketsSold": tickets, "revenue": 45 * tickets,
            "timestamp": "2026-06-15T18:00:00Z", "customer": {"name": "Jane Doe", "email": "jane@mail.example"}}


def tell(say, side, text):
    say(f"  {side:<12} {text}")


def create_event(grasshopper, atlvs, say, number, name):
    """Returns the operation's id when ATLVS did not answer at once."""
    started = time.monotonic()
    status, answer, _ = grasshopper.call("/production/events", event(number, name))
    took = f"{1000 * (time.monotonic() - started):.0f} ms"
    if status == 202:
        tell(say, "Grasshopper", f"“{name}” is published. The production follows ({took}, queued).")
        tell(say, "ATLVS", "down: its user sees nothing yet.")
        return answer["operationId"]
    if status // 100 != 2:
        raise DemoError(f"creating an event was answered {status}: {answer}")
    tell(say, "Grasshopper", f"“{name}” is published, its production is {answer['id']} ({took}).")
    tell(say, "ATLVS", f"a new production: {atlvs.writes()[-1]['body']['name']}.")
    return None


def buy_ticket(grasshopper, atlvs, say, number, tickets):
    started = time.monotonic()
    status, answer, _ = grasshopper.call("/business/sales", sale(number, tickets))
    took = f"{1000 * (time.monotonic() - started):.0f} ms"
    if status == 202:
        tell(say, "Grasshopper", f"{tickets} tickets are bought ({took}); the sale follows.")
        return answer["operationId"]
    if status // 100 != 2:
        raise DemoError(f"a sale was answered {status}: {answer}")
    tell(say, "Grasshopper", f"{tickets} tickets are bought ({took}).")
    shown = atlvs.writes()[-1]["body"]
    tell(say, "ATLVS", f"a sale of {shown['ticketsSold']} for {shown['revenue']}; of the customer it sees "
                       + ("nothing." if "customer" not in shown else "everything!"))
    return None


def what(written):
    body = written["body"]
    return f"event “{body['name']}”" if written["call"] == "event" else f"sale of {body['ticketsSold']} tickets"


def tell_stories(hub_url, key, atlvs, say):
    """Returns {"direct": n, "queued": n, "completed": n, "stands": n}."""
    grasshopper = Grasshopper(hub_url + "/api", key)
    say("\nATLVS is up.")
    direct = [create_event(grasshopper, atlvs, say, 1, "Summer Night"),
              buy_ticket(grasshopper, atlvs, say, 1, 2)]
    grasshopper.call("/production/resources?date=2026-06-20")

    say("\nATLVS is down.")
    atlvs.set_api_mode("down")
    operations = [create_event(grasshopper, atlvs, say, 2, "Winter Garden"),
                  buy_ticket(grasshopper, atlvs, say, 2, 3), buy_ticket(grasshopper, atlvs, say, 1, 4)]
    status, resources, headers = grasshopper.call("/production/resources?date=2026-06-20")
    if status == 200:
        tell(say, "Grasshopper", f"still sees {len(resources)} resources, read {headers.get('Age', 0)} s ago.")

    say("\nATLVS is back.")
    atlvs.set_api_mode("ok")
    ended = [grasshopper.wait_for(operation) for operation in operations if operation]
    for operation in ended:
        tell(say, "Grasshopper", f"the {operation['call']} is {operation['status']}: "
                                 f"{(operation.get('result') or {}).get('id')}.")
    for written in atlvs.writes()[2:]:
        times = "once" if written["times"] == 1 else f"once, though it was sent {written['times']} times"
        tell(say, "ATLVS", f"now has the {what(written)}, {times}.")
    say("")
    return {"direct": direct.count(None), "queued": sum(each is not None for each in operations),
            "completed": sum(each["status"] == "completed" for each in ended),
            "stands": len(atlvs.writes())}


def wait_until(is_true, what):
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not is_true():
        if time.monotonic() > deadline:
            raise DemoError(f"never: {what}")
        time.sleep(0.02)


def follow(sides, hub, say):
    """Both platforms stay connected and see each other's changes at once. Returns the slowest
    update, in milliseconds."""
    for simulator, key in ((sides["Grasshopper"], hub.make_key("bridge:atlvs")),
                           (sides["ATLVS"], hub.make_key("bridge:grasshopper"))):
        simulator.join(hub.url, key)
        wait_until(lambda each=simulator: each.realtime()["connected"], "a platform is connected")
    say("Both stay connected: updates in real time.")
    slowest = 0
    for speaker, listener in (("ATLVS", "Grasshopper"), ("Grasshopper", "ATLVS")):
        published = sides[speaker].publish()
        wait_until(lambda: sides[listener].realtime()["updates"], "an update arrives")
        update = sides[listener].realtime()["updates"][-1]
        tell(say, listener, f"sees {update['name']} of {update['data_id']} {update['took_ms']} ms after "
                            f"it happened at {speaker}.")
        if update["id"] != published["answer"]["id"]:
            raise DemoError(f"another update arrived than {published}")
        slowest = max(slowest, update["took_ms"])
    say("")
    return slowest


def are_good(told):
    return told == {"direct": 2, "queued": 3, "completed": 3, "stands": 5}
