"""shapes -- senders and event templates: JSON text with holes, made once and filled many times.

A sender is one browser, app or server with its own way of writing JSON (key order, escapes, blanks)
and its own context. A template is the text of one kind of event as one way of writing puts it;
its holes are `%s`, and `slots` names what goes into them. Everything is drawn from generators
seeded by the run's seed and the thing's own name: the same whatever is made first, and by whom.
"""

import json
import random
import re

import catalog

# How senders write: (JSON escapes of non-ASCII, of & < >, blanks after , and :, sorted keys).
# 70 % of the senders sort their keys, which puts `context` before `event` and `type`.
STYLES = {"node": (False, False, False), "go": (False, True, False), "ruby": (True, False, False),
          "python": (True, False, True)}
VARIANTS = 8        # templates of one event name, style and key order
CLIENTS = 4000      # different senders
MARK = "~"          # surrounds the name of a hole while the text is made; no text of the catalogue has one


def hole(name):
    """Return the placeholder text of a hole filled as a JSON value of its own."""
    return f"{MARK}={name}{MARK}"


def part(name):
    """Return the placeholder text of a hole inside a JSON string."""
    return f"{MARK}+{name}{MARK}"


def write(value, style, is_sorted):
    """Return `value` as JSON text in a sender's style; holes stay placeholders."""
    is_ascii, is_html, is_spaced = STYLES[style]
    text = json.dumps(value, ensure_ascii=is_ascii, sort_keys=is_sorted,
                      separators=(", ", ": ") if is_spaced else (",", ":"))
    if is_html:
        text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return text


def split_holes(text):
    """Return (format for the % operator, names of its holes in order) of a text with placeholders."""
    slots = []

    def note(found):
        slots.append(found[1] or found[2])
        return "%s"
    pattern = f'"{MARK}=([^{MARK}]+){MARK}"|{MARK}\\+([^{MARK}]+){MARK}'
    return re.sub(pattern, note, text.replace("%", "%%")), slots


def phrase(draw):
    """Return one or two phrases of the catalogue."""
    text = draw.choice(catalog.PHRASES)
    return text if draw.random() < 0.6 else f"{text} - {draw.choice(catalog.PHRASES)}"


def address(draw):
    """Return a URL, some with a query whose & and % have to be escaped or kept."""
    query = draw.choice(["", "", "?utm_source=google&utm_medium=cpc", "?q=%C3%A9t%C3%A9&page=2", "?ref=<a>"])
    return f"https://{draw.choice(['www.example.com', 'shop.example.ch'])}{draw.choice(catalog.PATHS)}{query}"


def product(draw):
    """Return one element of an array of products."""
    return {"product_id": hole("id64"), "sku": part("sku"), "name": phrase(draw), "price": hole("money"),
            "quantity": draw.randint(1, 9), "brand": draw.choice(catalog.WORDS["brand"])}


def make_value(kind, draw):
    """Return a value of a catalogue kind: a constant of this template, or a hole."""
    name, _, more = kind.partition(":")
    if name in ("id64", "money", "ratio", "flag", "n"):
        return hole(kind)
    if name in ("uuid", "time", "sku", "email", "phone"):
        return part(name)
    if name == "number-or-text":        # the column whose type is not stable
        return hole("money") if draw.random() < 0.9 else draw.choice(["10%", "n/a"])
    if name == "note":
        return draw.choice([None, "", phrase(draw)])
    if name == "products":
        return [product(draw) for _ in range(draw.choice([1, 1, 2, 2, 3]))]
    if name == "list":
        return draw.sample(catalog.WORDS[more], draw.randint(1, 3))
    if name == "word":
        return draw.choice(catalog.WORDS[more])
    return address(draw) if name == "url" else phrase(draw)


def make_properties(words, draw):
    """Return the nested dict that `key=kind ...` describes; 5 % are null, 5 % missing."""
    values = {}
    for word in words.split():
        key, _, kind = word.partition("=")
        chance = draw.random()
        if chance < 0.05:
            continue
        *folders, last = key.replace("+", " ").split(".")
        place = values
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = None if chance < 0.10 else make_value(kind, draw)
    return values


def make_body(kind, name, draw):
    """Return what an event of type `kind` has beyond ids, times and context."""
    if kind == "track":
        return {"event": name, "properties": make_properties(catalog.EVENTS[name], draw)}
    if kind == "page":
        title = phrase(draw)
        return {"name": title, "category": draw.choice(["Docs", "Shop", None]),
                "properties": {"name": title, "url": address(draw), **make_properties(catalog.PAGE, draw)}}
    if kind == "screen":
        return {"name": draw.choice(catalog.WORDS["feature"]), "properties": make_properties(catalog.SCREEN, draw)}
    if kind == "group":
        return {"groupId": part("group"), "traits": make_properties(catalog.COMPANY, draw)}
    if kind == "alias":
        return {"previousId": part("anonymous"), "traits": {}}
    return {"traits": make_properties(catalog.TRAITS, draw)}


def make_template(seed, kind, name, style, is_sorted, variant):
    """Return (format, slots) of one template; the hole `context` takes a whole JSON object."""
    draw = random.Random(f"{seed}/template/{kind}/{name}/{style}/{is_sorted}/{variant}")
    event = {"type": kind, "messageId": part("message"), "anonymousId": hole("anonymous-value"),
             "userId": hole("user-value"), **make_body(kind, name, draw),
             "channel": draw.choice(["client", "server", "browser"]), "integrations": {},
             "timestamp": part("timestamp"), "originalTimestamp": part("original"), "sentAt": part("sent"),
             "context": hole("context"), "receivedAt": part("received"), "version": 2}
    if kind == "alias":
        event["userId"] = part("alias-user")
    return split_holes(write(event, style, is_sorted))


def common_context(draw):
    """Return the part of a context that browsers and apps share."""
    locale, zone = draw.choice(catalog.LOCALES)
    return {"ip": f"{draw.randint(11, 220)}.{draw.randint(0, 255)}.{draw.randint(0, 255)}.{draw.randint(1, 254)}",
            "locale": locale, "timezone": zone,
            "location": {"city": draw.choice(catalog.WORDS["city"]), "country": draw.choice(catalog.WORDS["country"]),
                         "latitude": round(draw.uniform(-60, 70), 5), "longitude": round(draw.uniform(-180, 180), 5),
                         "region": draw.choice(["ZH", "SP", "NY", None, ""]), "speed": draw.choice([0, 1.5, None])},
            "network": {"bluetooth": draw.random() < 0.5, "carrier": draw.choice(["Swisscom", "T-Mobile", "O₂", ""]),
                        "cellular": draw.random() < 0.5, "wifi": draw.random() < 0.7},
            "screen": {"density": draw.choice([1, 2, 3]), "width": draw.choice([390, 1440, 1920]),
                       "height": draw.choice([844, 900, 1080])},
            "campaign": draw.choice([None, {}, {"name": phrase(draw), "source": draw.choice(catalog.WORDS["source"]),
                                                "medium": "cpc", "term": "", "content": None}]),
            "consent": {"categoryPreferences": {"Advertising": draw.random() < 0.4, "Analytics": True}}}


def browser_context(draw):
    """Return the context that a website sends; its page differs from event to event."""
    return {"library": {"name": "analytics.js", "version": f"next-1.{draw.randint(40, 72)}.0"},
            "page": hole("page"), "userAgent": draw.choice(catalog.BROWSERS),
            "userAgentData": {"brands": [{"brand": "Chromium", "version": "126"}], "mobile": False,
                              "platform": draw.choice(["macOS", "Windows"])},
            "os": {"name": draw.choice(["Windows", "Mac OS X", "Linux"]), "version": draw.choice(["10", "10.15.7", ""])},
            "app": {"name": "Web Shop", "version": "2026.11.2", "build": draw.randint(8000, 8400)},
            "device": {"type": "desktop", "id": f"{draw.getrandbits(64):016x}"},
            "referrer": {"id": None, "type": draw.choice(["dataxu", "search", ""]), "url": address(draw)}}


def app_context(draw):
    """Return the context that a telephone's app sends."""
    maker, model, kind, system, version = draw.choice(catalog.DEVICES)
    return {"library": {"name": f"analytics-{kind}", "version": f"4.1.{draw.randint(0, 9)}"},
            "app": {"name": "Shop für Alle", "version": f"5.{draw.randint(0, 30)}.1", "build": str(draw.randint(900, 999)),
                    "namespace": "ch.example.shop"},
            "device": {"id": f"{draw.getrandbits(128):032x}", "advertisingId": f"{draw.getrandbits(128):032x}",
                       "adTrackingEnabled": draw.random() < 0.3, "manufacturer": maker, "model": model,
                       "name": f"{draw.choice(catalog.WORDS['name'])}'s {model}", "type": kind,
                       "token": f"{draw.getrandbits(256):064x}"},
            "os": {"name": system, "version": version}, "page": hole("page"),
            "userAgent": f"{maker}/{model} {system}/{version}", "groupId": f"org_{draw.randint(1, 300)}",
            "traits": {"plan": draw.choice(catalog.WORDS["plan"]), "loginCount": draw.randint(1, 900)}}


def server_context(draw):
    """Return the short context that a server's library sends."""
    name = draw.choice(["analytics-go", "analytics-ruby", "analytics-python"])
    return {"library": {"name": name, "version": f"3.{draw.randint(0, 9)}.0"}, "page": hole("page"),
            "ip": f"10.{draw.randint(0, 255)}.{draw.randint(0, 255)}.{draw.randint(1, 254)}",
            "app": {"name": draw.choice(["billing", "shop-api", "mailer"]), "version": f"1.{draw.randint(0, 99)}.0"},
            "os": {"name": "Linux", "version": "6.1"}, "locale": "en-US", "timezone": "UTC", "groupId": None,
            "campaign": {}, "active": draw.random() < 0.9}


def make_context(draw, is_app):
    """Return the context of one sender: a server's, an app's or a browser's."""
    if not is_app and draw.random() < 0.5:
        return server_context(draw)
    return {**common_context(draw), **(app_context(draw) if is_app else browser_context(draw))}


class Client:
    """One sender. Fields: style, is_sorted, is_app, context (format with one hole for the page),
    anonymous and user (JSON texts), anonymous_id, prefix (of its message ids), skew_ms (its clock)."""

    def __init__(self, seed, number):
        draw = random.Random(f"{seed}/client/{number}")
        self.is_sorted = draw.random() < 0.7
        self.style = draw.choices(["node", "go", "ruby", "python"], [50, 25, 15, 10])[0]
        self.is_app = draw.random() < 0.4
        self.context = split_holes(write(make_context(draw, self.is_app), self.style, self.is_sorted))[0]
        self.anonymous_id = f"{draw.getrandbits(128):032x}"
        self.anonymous = f'"{self.anonymous_id}"' if draw.random() < 0.97 else "null"
        user = draw.random()
        self.user = ("null" if user < 0.35 else str(9007199254740993 + number) if user < 0.37
                     else f'"u_{draw.randint(1, CLIENTS):07d}"')
        self.prefix = "ajs-next-" if not self.is_app else draw.choice(["", "node-"])
        self.skew_ms = draw.choice([0, 0, 0, -800, 1500, 61000]) if self.is_app else draw.randint(-50, 50)


class Shapes:
    """All senders, templates and pages of one seed, each made when first asked for."""

    def __init__(self, seed):
        self.seed = seed
        self.made = {}

    def client(self, number):
        """Return sender `number` (0 to CLIENTS - 1)."""
        key = ("client", number)
        if key not in self.made:
            self.made[key] = Client(self.seed, number)
        return self.made[key]

    def template(self, *key):
        """Return (format, slots) for (kind, name, style, is_sorted, variant)."""
        if key not in self.made:
            self.made[key] = make_template(self.seed, *key)
        return self.made[key]

    def page(self, number, style, is_sorted):
        """Return page `number` as JSON text in a sender's style."""
        key = ("page", number, style, is_sorted)
        if key not in self.made:
            draw = random.Random(f"{self.seed}/page/{number}")
            url = address(draw)
            self.made[key] = write({"path": draw.choice(catalog.PATHS), "title": phrase(draw), "url": url,
                                    "referrer": draw.choice([address(draw), ""]),
                                    "search": url.partition("?")[2] and "?" + url.partition("?")[2]},
                                   style, is_sorted)
        return self.made[key]
