"""s3 -- COPY's own S3 client: GET with signature version 4, path style, standard library only.

It shares no code with rsload, so that a wrong signature there cannot hide here. Source: Amazon S3 API
Reference, "Authenticating Requests: Using the Authorization Header".
"""

import datetime
import hashlib
import hmac
import http.client
import re
import ssl
import time
import urllib.parse
import xml.etree.ElementTree

from .errors import boxed

_EMPTY = hashlib.sha256(b"").hexdigest()
_UNRESERVED = "-_.~"
CHUNK_BYTES = 1 << 20


class S3Error(Exception):
    """A refusal: status, S3's code and message. retry: another try may help."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry = status >= 500 or status in (0, 429)


def sign(method, host, path, query, region, keys, now):
    """Return the headers of a signed request without a body.

    path: as it goes over the wire (encoded); query: encoded; keys: (id, secret, token or None);
    now: an aware UTC datetime.
    """
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {"host": host, "x-amz-content-sha256": _EMPTY, "x-amz-date": stamp}
    if keys[2]:
        headers["x-amz-security-token"] = keys[2]
    names = ";".join(sorted(headers))
    canonical = "\n".join([method, path, query, *[f"{name}:{headers[name]}" for name in sorted(headers)], "",
                           names, _EMPTY])
    scope = f"{day}/{region}/s3/aws4_request"
    wanted = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + keys[1]).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, wanted.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={keys[0]}/{scope}, SignedHeaders={names}, "
                                f"Signature={signature}")
    return headers


class Reader:
    """The body of one object. length: Content-Length; etag: with its quotes taken off."""

    def __init__(self, connection, response, fault=None):
        self._connection = connection
        self._response = response
        self.length = int(response.headers["Content-Length"])
        self.etag = (response.headers["ETag"] or "").strip('"')
        self._left = self.length
        self._fault = fault

    def read(self, count=CHUNK_BYTES):
        """Return up to `count` bytes, b"" at the end. Errors: S3Error when the body ends early."""
        if self._fault == "slow":
            time.sleep(0.05)
        if self._fault == "truncated" and self._left <= self.length // 2:
            raise S3Error(0, "IncompleteBody", "the transfer ended early")
        try:
            data = self._response.read(count)
        except (OSError, http.client.HTTPException) as error:
            raise S3Error(0, "IncompleteBody", str(error)) from error
        if not data and self._left:
            raise S3Error(0, "IncompleteBody", "the transfer ended early")
        self._left -= len(data)
        return data

    def close(self):
        """End the transfer."""
        self._connection.close()


class Client:
    """Reads objects in the name of one set of keys. faults: called with the event's text, returns rules."""

    def __init__(self, config, keys, region, faults=lambda text: []):
        if region not in config.s3_endpoints:
            raise boxed("XX000", "S3ServiceException:The bucket you are attempting to access must be addressed "
                        "using the specified endpoint. Please send all future requests to this endpoint.,Status "
                        "301,Error PermanentRedirect", 8001, f"no bucket in region {region}", 0, "s3_utility.cpp:1")
        self.config = config
        self.endpoint = urllib.parse.urlsplit(config.s3_endpoints[region])
        self.keys = keys
        self.region = region
        self.faults = faults

    def open(self, bucket, key, event):
        """Return a Reader of an object, retrying what S3 may do better a moment later. Errors: S3Error."""
        for attempt in range(self.config.s3_retries + 1):
            try:
                return self._get(bucket, key, event)
            except S3Error as error:
                if not error.retry or attempt == self.config.s3_retries:
                    raise
                time.sleep(self.config.s3_retry_delay_s * 2 ** attempt)
        raise AssertionError("unreachable")

    def _get(self, bucket, key, event):
        """One try of open()."""
        fault = self._injected(bucket, key, event)
        path = urllib.parse.quote(f"{self.endpoint.path.rstrip('/')}/{bucket}/{key}", safe="/" + _UNRESERVED)
        now = datetime.datetime.now(datetime.timezone.utc)
        headers = sign("GET", self.endpoint.netloc, path, "", self.region, self.keys, now)
        connection = self._connect()
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise S3Error(0, "ConnectionError", str(error)) from error
        if response.status != 200:
            body = response.read(65536)
            connection.close()
            raise _refusal(response.status, body)
        if response.headers["Content-Length"] is None:
            connection.close()
            raise S3Error(0, "MissingContentLength", "no Content-Length")
        return Reader(connection, response, fault)

    def _connect(self):
        """Return a fresh connection to the endpoint."""
        if self.endpoint.scheme == "https":
            context = ssl.create_default_context(cafile=self.config.s3_ca or None)
            return http.client.HTTPSConnection(self.endpoint.hostname, self.endpoint.port, timeout=60,
                                               context=context)
        return http.client.HTTPConnection(self.endpoint.hostname, self.endpoint.port, timeout=60)

    def _injected(self, bucket, key, event):
        """Act on an `s3` rule: raise its refusal, or return the name of a fault of the body."""
        for rule in self.faults(f"{event} s3://{bucket}/{key}"):
            what = str(rule.get("what", "503"))
            if what in ("403", "404", "503"):
                code = {"403": "AccessDenied", "404": "NoSuchKey", "503": "SlowDown"}[what]
                text = {"403": "Access Denied", "404": "The specified key does not exist.",
                        "503": "Please reduce your request rate."}[what]
                raise S3Error(int(what), code, text)
            if what == "reset":
                raise S3Error(0, "ConnectionReset", "connection reset by peer")
            return what
        return None


def _refusal(status, body):
    """Return the S3Error for an error answer."""
    try:
        root = xml.etree.ElementTree.fromstring(body)
        found = {re.sub(r"^\{.*\}", "", child.tag): child.text or "" for child in root}
    except xml.etree.ElementTree.ParseError:
        found = {}
    names = {403: "AccessDenied", 404: "NoSuchKey", 503: "SlowDown"}
    texts = {403: "Access Denied", 404: "The specified key does not exist."}
    return S3Error(status, found.get("Code", names.get(status, "Unknown")),
                   found.get("Message", texts.get(status, f"HTTP {status}")))


def service_exception(error, prefix="", context="", query=0):
    """Return the RsError that COPY fails with for an S3Error."""
    text = (f"{prefix}S3ServiceException:{error.message},Status {error.status},Error {error.code},Rid 0,ExtRid 0,"
            "CanRetry 1")
    return boxed("XX000", text, 8001, context, query, "s3_utility.cpp:1")
