"""fakes3 -- a tiny S3 for the tests: serves bytes from a dict and wants a signed request."""

import http.server
import threading


class FakeS3:
    """objects: "bucket/key" -> bytes. Its `url` is the endpoint; `reads` are the paths that were asked for."""

    def __init__(self):
        self.objects, self.reads = {}, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One request."""

            protocol_version = "HTTP/1.1"

            def do_GET(self):  # noqa: N802
                """Answer a GET."""
                outer.reads.append(self.path)
                if "AWS4-HMAC-SHA256 Credential=KEY/" not in self.headers.get("Authorization", ""):
                    self._send(403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
                elif self.path[1:] not in outer.objects:
                    self._send(404, b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist."
                                    b"</Message></Error>")
                else:
                    self._send(200, outer.objects[self.path[1:]])

            def _send(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("ETag", '"e"')
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
