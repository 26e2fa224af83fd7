"""A person signs in once at the hub's provider and is known to both platforms."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

import clients
from programs import DemoError


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    def __init__(self):
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._follow = urllib.request.build_opener(jar, clients.https_handler())
        self._stay = urllib.request.build_opener(jar, clients.https_handler(), StayHere)

    def open(self, url):
        with self._follow.open(url, timeout=clients.TIMEOUT_SECONDS) as answer:
            return answer.read().decode()

    def submit(self, page):
        """Presses the button of the page's form. The status and where it leads."""
        action = re.search(r'action="([^"]+)"', page)[1]
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
        try:
            self._stay.open(action, urllib.parse.urlencode(fields).encode(), clients.TIMEOUT_SECONDS)
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers.get("Location")
        raise DemoError(f"{action} leads nowhere")


def sign_in_once(hub_url, provider, platforms, say):
    """`platforms`: name → (its client, a path there). False: this hub has no console."""
    try:
        clients.open_url(urllib.request.Request(hub_url + "/console/")).close()
    except urllib.error.HTTPError:
        return False
    browser = Browser()
    for name, (_, path) in platforms.items():
        page = browser.open(f"{hub_url}/sso/handoff?to={name}&return_to={path}")
        status, place = browser.submit(page)
        if (status, place) != (303, path):
            raise DemoError(f"{name} does not let Ada in: {status} {place}")
    known = all(platform.people() == ["Ada"] for platform, _ in platforms.values())
    if not known or provider.logins != 1:
        raise DemoError("Ada had to sign in more than once")
    say("\nAda signs in once; ATLVS and Grasshopper both know her.")
    return True
