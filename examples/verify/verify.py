import base64
import hmac
import re
import time

TOLERANCE_SECONDS = 300


def is_genuine(secret: str, webhook_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """Whether the three webhook-… headers sign this body, not more than five minutes ago."""
    if not re.fullmatch("[0-9]{1,12}", timestamp):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, "sha256")
    expected = b"v1," + base64.b64encode(mac)
    return any(hmac.compare_digest(expected, each.encode()) for each in signatures.split(" "))
