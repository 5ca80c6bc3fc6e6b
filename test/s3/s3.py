#!/usr/bin/python3
"""s3 -- a small S3 client for the tests and the demonstration: a module and a command.

It shares no code with rsload or with the Redshift stand-in, so that none of them can agree with
the others by sharing a mistake. Path-style addresses, Signature Version 4 with the body's hash.

    s3.py mb BUCKET                      make a bucket (no error when it is ours already)
    s3.py put FILE... s3://BUCKET/KEY    upload; a KEY that ends in / is a folder; - is stdin
    s3.py get s3://BUCKET/KEY [FILE]     download to FILE, or to stdout
    s3.py ls s3://BUCKET/PREFIX          size, ETag and key of each object, a line each
    s3.py rm [-r] s3://BUCKET/KEY        delete one object, or all below a prefix
    options: --env FILE   read the server's address and keys from FILE (test/s3/start writes it)
             --jobs N     transfers at a time (4)

Without --env the variables S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_SESSION_TOKEN, AWS_DEFAULT_REGION and S3_CA of the environment are used.
Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header".
"""

import argparse
import concurrent.futures
import datetime
import hashlib
import hmac
import http.client
import os
import shlex
import ssl
import sys
import threading
import urllib.parse
import xml.etree.ElementTree as tree

SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
SAFE = "-_.~"


class S3Error(Exception):
    """An answer other than 2xx. Fields: status (int), code (S3's word for it, or ""), body (bytes)."""

    def __init__(self, what, status, body):
        self.status, self.body = status, body
        try:
            self.code = tree.fromstring(body).findtext("Code") or ""
        except tree.ParseError:
            self.code = ""
        super().__init__(f"{what}: {status} {self.code}")


def quote(text, safe=SAFE):
    """Percent-encode the UTF-8 of `text` as signing wants: all but letters, digits and `safe`."""
    return urllib.parse.quote(text, safe=safe)


def split_url(url):
    """Return (bucket, key) of s3://bucket/key."""
    if not url.startswith("s3://"):
        raise ValueError(f"{url}: not an s3:// address")
    bucket, _, key = url[5:].partition("/")
    return bucket, key


class Client:
    """One S3 account at one endpoint. Safe to share between threads: each has its own connection.

    `ca`: file of the authorities to trust, None for the system's. `retries`: how often a lost
    connection or a 5xx answer is tried again.
    """

    def __init__(self, endpoint, access_key, secret_key, region="us-east-1", token=None, ca=None, retries=3):
        parts = urllib.parse.urlsplit(endpoint)
        self.host, self.tls = parts.netloc, parts.scheme == "https"
        self.access_key, self.secret_key, self.token, self.region = access_key, secret_key, token, region
        self.context = ssl.create_default_context(cafile=ca) if self.tls else None
        self.retries = retries
        self.mine = threading.local()

    @classmethod
    def from_env(cls, values=None, tls=False):
        """Make a client from a dict of variables, by default the environment's."""
        values = os.environ if values is None else values
        return cls(values["S3_ENDPOINT_TLS" if tls else "S3_ENDPOINT"], values["AWS_ACCESS_KEY_ID"],
                   values["AWS_SECRET_ACCESS_KEY"], values.get("AWS_DEFAULT_REGION", "us-east-1"),
                   values.get("AWS_SESSION_TOKEN"), values.get("S3_CA"))

    def sign(self, method, path, query, headers, now):
        """Return the Authorization header for the request; `headers` are all signed."""
        stamp, names = now.strftime("%Y%m%dT%H%M%SZ"), sorted(headers)
        request = "\n".join([method, path, query, *(f"{n}:{headers[n].strip()}" for n in names), "",
                             ";".join(names), headers["x-amz-content-sha256"]])
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = ("AWS4" + self.secret_key).encode()
        for word in (*scope.split("/"), to_sign):
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        return (f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope},"
                f"SignedHeaders={';'.join(names)},Signature={key.hex()}")

    def connection(self):
        """Return this thread's connection."""
        if getattr(self.mine, "connection", None) is None:
            kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
            more = {"context": self.context} if self.tls else {}
            self.mine.connection = kind(self.host, timeout=120, **more)
        return self.mine.connection

    def drop_connection(self):
        """Close this thread's connection; the next request opens one."""
        if getattr(self.mine, "connection", None) is not None:
            self.mine.connection.close()
            self.mine.connection = None

    def request(self, method, bucket, key="", query=None, body=b"", headers=None):
        """Send one signed request; return (headers as a dict with lower-case names, body).

        Errors: S3Error for an answer other than 2xx; OSError or http.client.HTTPException when no
        answer came after all retries.
        """
        path = "/" + quote(bucket) + ("/" + quote(key, SAFE + "/") if key else "")
        text = "&".join(sorted(f"{quote(k)}={quote(str(v))}" for k, v in (query or {}).items()))
        for attempt in range(self.retries + 1):
            now = datetime.datetime.now(datetime.timezone.utc)
            signed = {"host": self.host, "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
                      "x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
            if self.token:
                signed["x-amz-security-token"] = self.token
            signed.update({name.lower(): value for name, value in (headers or {}).items()})
            signed["authorization"] = self.sign(method, path, text, signed, now)
            try:
                link = self.connection()
                link.request(method, path + ("?" + text if text else ""), body, signed)
                answer = link.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                self.drop_connection()
                if attempt == self.retries:
                    raise
                continue
            if 200 <= answer.status < 300:
                return {name.lower(): value for name, value in answer.getheaders()}, content
            if answer.status < 500 or attempt == self.retries:
                raise S3Error(f"{method} s3://{bucket}/{key}", answer.status, content)
        raise AssertionError("unreachable")

    def make_bucket(self, bucket):
        """Make `bucket`; one that is ours already is no error."""
        try:
            self.request("PUT", bucket)
        except S3Error as error:
            if error.code != "BucketAlreadyOwnedByYou":
                raise

    def put(self, bucket, key, body, headers=None):
        """Store `body` as an object; return its ETag without quotes."""
        return self.request("PUT", bucket, key, body=body, headers=headers)[0]["etag"].strip('"')

    def get(self, bucket, key, headers=None):
        """Return an object's bytes."""
        return self.request("GET", bucket, key, headers=headers)[1]

    def head(self, bucket, key):
        """Return an object's headers."""
        return self.request("HEAD", bucket, key)[0]

    def exists(self, bucket, key):
        """Return whether the object is there."""
        try:
            self.head(bucket, key)
            return True
        except S3Error as error:
            if error.status == 404:
                return False
            raise

    def list(self, bucket, prefix=""):
        """Yield (key, size, ETag) of every object below `prefix`, in the server's order."""
        query = {"list-type": 2, "prefix": prefix, "encoding-type": "url"}
        while True:
            page = tree.fromstring(self.request("GET", bucket, query=query)[1])
            for item in page.findall(SPACE + "Contents"):
                yield (urllib.parse.unquote(item.findtext(SPACE + "Key")), int(item.findtext(SPACE + "Size")),
                       item.findtext(SPACE + "ETag").strip('"'))
            if page.findtext(SPACE + "IsTruncated") != "true":
                return
            query["continuation-token"] = page.findtext(SPACE + "NextContinuationToken")

    def delete(self, bucket, key):
        """Delete an object; one that is not there is no error."""
        self.request("DELETE", bucket, key)

    def delete_all(self, bucket, prefix="", jobs=4):
        """Delete every object below `prefix`; return how many there were."""
        keys = [key for key, _, _ in self.list(bucket, prefix)]
        return len(self.many(lambda key: self.delete(bucket, key), keys, jobs))

    def put_files(self, bucket, pairs, jobs=4):
        """Upload (file path, key) pairs, `jobs` at a time; return their ETags in the same order."""
        def upload(pair):
            with open(pair[0], "rb") as content:
                return self.put(bucket, pair[1], content.read())
        return self.many(upload, list(pairs), jobs)

    @staticmethod
    def many(work, items, jobs):
        """Return [work(item) for item in items], `jobs` at a time; the first error is raised."""
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(work, items))


def read_variables(path):
    """Return the NAME=value lines of an env file as a dict."""
    with open(path, encoding="utf-8") as lines:
        pairs = [shlex.split(line)[0].partition("=") for line in lines if line.strip()]
    return {name: value for name, _, value in pairs}


def command_put(client, arguments, jobs):
    """Upload the files named before the last argument to it."""
    bucket, key = split_url(arguments[-1])
    files = arguments[:-1]
    if not files or (len(files) > 1 and key and not key.endswith("/")):
        raise ValueError("put wants files and an s3:// address, one ending in / for several files")
    if files == ["-"]:
        client.put(bucket, key, sys.stdin.buffer.read())
        return
    is_folder = not key or key.endswith("/")
    client.put_files(bucket, [(f, key + os.path.basename(f) if is_folder else key) for f in files], jobs)


def command_get(client, arguments, _jobs):
    """Download one object to a file or to stdout."""
    content = client.get(*split_url(arguments[0]))
    if len(arguments) > 1 and arguments[1] != "-":
        with open(arguments[1], "wb") as out:
            out.write(content)
    else:
        sys.stdout.buffer.write(content)


def command_ls(client, arguments, _jobs):
    """Print what lies below a prefix."""
    for key, size, etag in client.list(*split_url(arguments[0])):
        print(f"{size:>12} {etag} {key}")


def command_rm(client, arguments, jobs):
    """Delete objects, with -r all below each prefix."""
    is_deep = "-r" in arguments
    for url in (a for a in arguments if a != "-r"):
        if is_deep:
            client.delete_all(*split_url(url), jobs=jobs)
        else:
            client.delete(*split_url(url))


def command_mb(client, arguments, _jobs):
    """Make buckets, named as NAME or s3://NAME."""
    for name in arguments:
        client.make_bucket(name.removeprefix("s3://").rstrip("/"))


COMMANDS = {"mb": command_mb, "put": command_put, "get": command_get, "ls": command_ls, "rm": command_rm}


def main():
    """Read the command line and do it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--env", metavar="FILE")
    options.add_argument("--jobs", type=int, default=4)
    options.add_argument("command", choices=COMMANDS)
    options.add_argument("arguments", nargs=argparse.REMAINDER)
    given = options.parse_args()
    if not given.arguments:
        options.error(f"{given.command} what?")
    try:
        client = Client.from_env(read_variables(given.env) if given.env else None)
        COMMANDS[given.command](client, given.arguments, given.jobs)
    except KeyError as error:
        sys.exit(f"s3.py: {error.args[0]} is not set")
    except (S3Error, OSError, ValueError, http.client.HTTPException) as error:
        sys.exit(f"s3.py: {error}")


if __name__ == "__main__":
    main()
