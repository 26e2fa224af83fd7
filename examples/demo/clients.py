"""Speaks to the hub's management API and to the simulators' control routes."""

import json
import ssl
import urllib.error
import urllib.request

from programs import DemoError

TIMEOUT_SECONDS = 10
_tls = None


def use_certificates(folder):
    """Over https: trust the CA of `katydid certs dev`, and show its client certificate."""
    global _tls
    _tls = ssl.create_default_context(cafile=folder / "ca.pem")
    _tls.load_cert_chain(folder / "client.pem", folder / "client.key")


def https_handler():
    return urllib.request.HTTPSHandler(context=_tls)


def open_url(request):
    """The answer of a request, under the demo's certificates."""
    return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=_tls)


def call(url, body=None, key=None):
    """GET, or POST when there is a body; the JSON of the answer."""
    headers = {"Content-Type": "application/json"} if body is not None else {}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    data = json.dumps(body).encode() if body is not None else None
    try:
        with open_url(urllib.request.Request(url, data, headers)) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise DemoError(f"{url} answered {error.code}: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise DemoError(f"{url} cannot be reached: {error}") from error


class Hub:
    def __init__(self, url, key):
        self.url = url
        self.key = key

    def _rows(self, path):
        """All pages of a list."""
        separator = "&" if "?" in path else "?"
        rows, cursor = [], ""
        while True:
            page = call(f"{self.url}{path}{separator}limit=250{cursor}", key=self.key)
            rows += page["data"]
            if not page["cursor"]:
                return rows
            cursor = f"&cursor={page['cursor']}"

    def deliveries(self):
        return self._rows("/v1/deliveries")

    def subscription_names(self):
        return {row["id"]: row["name"] for row in self._rows("/v1/subscriptions")}

    def subscribe(self, subscription):
        return call(f"{self.url}/v1/subscriptions", subscription, self.key)


    def make_key(self, scope):
        return call(f"{self.url}/v1/keys", {"name": f"demo {scope}", "scopes": [scope]}, self.key)["key"]


class Simulator:
    def __init__(self, url):
        self.url = url

    def set_mode(self, mode, lasting):
        return call(f"{self.url}/_sim/mode", {"mode": mode, "for": lasting})

    def set_api_mode(self, mode):
        """How its REST API behaves; webhooks have a mode of their own."""
        return call(f"{self.url}/_sim/api", {"mode": mode})

    def writes(self):
        """What stands in its ledger, in order."""
        return call(f"{self.url}/_sim/writes")["entries"]

    def people(self):
        """Who was handed on to it."""
        return call(f"{self.url}/_sim/people")

    def post(self, count, hub_url, rate):
        return call(f"{self.url}/_sim/post", {"count": count, "hub": hub_url, "rate": rate})

    def join(self, hub_url, key):
        """Connects it to the hub's real-time sync."""
        return call(f"{self.url}/_sim/realtime", {"hub": hub_url, "key": key})

    def realtime(self):
        """Whether it is connected, and the updates that came."""
        return call(f"{self.url}/_sim/realtime")

    def publish(self):
        """Tells the hub what happens next, over that connection."""
        return call(f"{self.url}/_sim/realtime/publish", {})

    def ledger(self, entries=False):
        return call(f"{self.url}/_sim/ledger{'?entries=1' if entries else ''}")
