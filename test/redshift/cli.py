"""cli -- the stand-in as a program: options, start, ready line, stop."""

import argparse
import json
import os
import signal
import sys
import threading

from .config import from_dict
from .control import Control
from .server import Server


def _options(argv):
    parser = argparse.ArgumentParser(prog="redshift", description="A strict stand-in for Amazon Redshift.")
    parser.add_argument("--config", help="JSON file with the settings of config.py; options win over it")
    for name, what in (("backend-socket", "folder of PostgreSQL's socket"), ("backend-user", "its superuser"),
                       ("host", "address to listen on"), ("control", "path of the control socket (else TCP)"),
                       ("tls-cert", "PEM certificate"), ("tls-key", "PEM key"), ("journal", "JSON lines file"),
                       ("isolation", "snapshot or serializable"), ("s3-ca", "CA file for https S3 endpoints"),
                       ("s3-region", "the cluster's region")):
        parser.add_argument("--" + name, help=what)
    for name in ("backend-port", "port"):
        parser.add_argument("--" + name, type=int)
    for name in ("require-ssl", "serverless", "allow-key-credentials"):
        parser.add_argument("--" + name, action="store_true", default=None)
    parser.add_argument("--user", action="append", default=[], metavar="NAME:PASSWORD")
    parser.add_argument("--s3-endpoint", action="append", default=[], metavar="REGION=URL")
    parser.add_argument("--role", action="append", default=[], metavar="ARN=ACCESS_KEY:SECRET_KEY")
    parser.add_argument("--ready-file", help="written when the stand-in listens")
    return parser.parse_args(argv)


def _config(options):
    """Return the Config of the file and the options. Errors: ValueError, OSError."""
    values = {}
    if options.config:
        with open(options.config, encoding="utf-8") as file:
            values = json.load(file)
    for key, value in vars(options).items():
        if value is not None and key not in ("config", "user", "s3_endpoint", "role", "ready_file"):
            values[key] = value
    config = from_dict(values)
    for text in options.user:
        name, _, password = text.partition(":")
        config.users.setdefault(name, {})["password"] = password
    for text in options.s3_endpoint:
        region, _, url = text.partition("=")
        config.s3_endpoints[region] = url
    for text in options.role:
        arn, _, keys = text.partition("=")
        access, _, secret = keys.partition(":")
        config.roles[arn] = {"access_key": access, "secret_key": secret}
    return config


def main(argv=None):
    """Run the stand-in until SIGTERM, SIGINT or the command quit; return the exit code."""
    options = _options(argv)
    try:
        config = _config(options)
        server = Server(config)
        done = threading.Event()
        control = Control(server, config.control, done.set)
    except (ValueError, OSError) as error:
        print(f"redshift stand-in: {error}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    for target in (server.listen, control.listen):
        threading.Thread(target=target, daemon=True).start()
    ready = json.dumps({"port": server.port, "control": control.address})
    if options.ready_file:
        with open(options.ready_file + ".new", "w", encoding="utf-8") as file:
            file.write(ready + "\n")
        os.replace(options.ready_file + ".new", options.ready_file)
    print(ready, flush=True)
    done.wait()
    control.close()
    server.stop()
    return 0
