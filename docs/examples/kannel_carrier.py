"""A carrier's program for thrumsg: it sends and receives through Kannel, which speaks SMPP and more.

kannel_carrier.py SENDSMS_URL PORT PASSWORD_FILE   for example http://127.0.0.1:13013/cgi-bin/sendsms 8438 /etc/…
The user of Kannel is thrumsg; PORT is where kannel.conf sends what comes in, with the same password as `secret`.
"""

import hmac
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¡ÄÖÑÜ§¿äöñüà^{}\\[~]|€") | {chr(each) for each in range(32, 127)} - {"`"}
STATES = {"1": "delivered", "2": "failed", "4": "sent", "8": "sent", "16": "failed"}  # the types of Kannel's reports
SENDSMS_URL, PORT, PASSWORD = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).read_text().strip()
telling, stored = threading.Lock(), {}


def tell(**said):
    with telling:
        print(json.dumps(said), flush=True)


def send(message):
    """Hand a message to Kannel. What certainly did not get there may be tried again; what may have, is in doubt."""
    if not message["from"]:
        words = "Kannel has to know what to send from: name our numbers in [[number]]."
        return tell(result=message["id"], not_now={"after": 60, "scope": "gateway", "words": words, "broken": True})
    back = urlencode({"secret": PASSWORD, "key": message["key"]})
    query = {"username": "thrumsg", "password": PASSWORD, "to": message["to"], "from": message["from"]}
    query |= {"text": message["body"], "charset": "UTF-8", "coding": 0 if set(message["body"]) <= GSM else 2}
    query |= {"validity": max(1, message["valid_for"] // 60), "dlr-mask": 31}
    query |= {"dlr-url": f"http://127.0.0.1:{PORT}/report?{back}&state=%d&answer=%A"}
    try:
        with urlopen(f"{SENDSMS_URL}?{urlencode(query)}", timeout=30):
            outcome = {"accepted": {}}
    except HTTPError as error:
        words = error.read(200).decode(errors="replace").strip()
        if error.code in (403, 503):
            outcome = {"not_now": {"after": 10, "scope": "gateway", "words": words, "broken": error.code == 403}}
        elif 400 <= error.code < 500:
            outcome = {"refused": {"code": str(error.code), "words": words or "Kannel refused it."}}
        else:
            outcome = {"doubt": f"Kannel answered {error.code}."}
    except URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            outcome = {"not_now": {"after": 10, "scope": "gateway", "words": "Kannel does not run."}}
        else:
            outcome = {"doubt": "Kannel did not answer."}
    except OSError:
        outcome = {"doubt": "Kannel did not answer."}
    return tell(result=message["id"], **outcome)


def number(given):
    return f"+{given}" if given.isdecimal() and len(given) > 8 else given  # a short code stays as it is


class FromKannel(BaseHTTPRequestHandler):
    def do_GET(self):
        address = urlsplit(self.path)
        given = dict(parse_qsl(address.query, keep_blank_values=True, encoding="latin-1"))  # bytes, as characters
        if not hmac.compare_digest(given.get("secret", "").encode(), PASSWORD.encode()):
            return self.send_error(403)
        if address.path == "/report":
            state, name = STATES.get(given["state"], "sent"), f"{given['key']}-{given['state']}"
            code = {"code": f"kannel-{given['state']}", "words": given["answer"] or "It did not arrive."}
            done = stored.setdefault(name, threading.Event())
            tell(report={"id": name, "key": given["key"], "state": state} | (code if state == "failed" else {}))
        else:
            done = stored.setdefault(given["id"], threading.Event())
            body = given["text"].encode("latin-1").decode(given["charset"] or "UTF-8", errors="replace")
            numbers = {"from": number(given["from"]), "to": number(given["to"])}
            tell(incoming={"provider_id": given["id"], "body": body} | numbers)
        return self.answer(200 if done.wait(20) else 503)  # what is not stored is offered again

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass  # an address has a number and words of a person in it


server = ThreadingHTTPServer(("127.0.0.1", PORT), FromKannel)
threading.Thread(target=server.serve_forever, daemon=True).start()
with ThreadPoolExecutor(8) as threads:  # at the end of the input, what was begun is finished
    for line in sys.stdin.buffer:
        said = json.loads(line)
        if "send" in said:
            threads.submit(send, said["send"])
        elif "find" in said:
            tell(found=said["find"]["key"], cannot_tell="Kannel keeps no list; its reports settle what is in doubt")
        for each in said.get("stored", ()):
            stored.setdefault(each, threading.Event()).set()
