"""From a webhook to a phone: a signed alert comes in, a sentence goes to a push server.

KINEOGRAPH_WEBHOOK_SECRET=… python examples/push_alerts.py 8080 https://push.example.org/hall
"""

import hashlib
import hmac
import json
import os
import sys
import time
import urllib.request
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ["KINEOGRAPH_WEBHOOK_SECRET"].encode()
PORT, PUSH_SERVER = int(sys.argv[1]), sys.argv[2]


class Alerts(BaseHTTPRequestHandler):
    """Answers 204 when the push server has taken it; until then the alert is sent again."""

    def do_POST(self):
        """Check the signature over time and body, then hand on what happened."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signature = self.headers.get("X-Kineograph-Signature", "t=0,v1=none")
        said = dict(part.split("=") for part in signature.split(","))
        right = hmac.new(SECRET, said["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        status = 403
        if hmac.compare_digest(right, said["v1"]) and abs(time.time() - int(said["t"])) < 300:
            status = push(sentence(json.loads(body)))
        self.send_response(status)
        self.end_headers()


def sentence(alert):
    """hall: handwaving has begun at 19:08:31 (81 %)."""
    event = alert["event"]
    if alert["test"]:
        return "A test: alerts arrive."
    clock = datetime.fromisoformat(event["start_time"]).astimezone().strftime("%H:%M:%S")
    if event["kind"] != "seen":
        return f"{event['label']}: {event['camera']}, {clock}."
    what = "has begun" if alert["phase"] == "begun" else "is over, begun"
    return f"{event['camera']}: {event['label']} {what} at {clock} ({event['peak']:.0%})."


def push(text):
    """204 if the push server takes it, else 502: then it comes again."""
    try:
        urllib.request.urlopen(PUSH_SERVER, text.encode(), timeout=10).close()
    except OSError as error:
        print(f"not pushed: {error}", flush=True)
        return 502
    print(f"pushed: {text}", flush=True)
    return 204


HTTPServer(("127.0.0.1", PORT), Alerts).serve_forever()
