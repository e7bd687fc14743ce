"""A server that passes everything on to another and spoils what a test wants spoiled."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse

Answer = tuple[int, dict[str, str], bytes]
# Method, path and the real answer; returns another one, or how many bytes of it are sent.
Spoil = Callable[[str, str, Answer], Answer | int]


@contextmanager
def passing(url: str, spoil: Spoil, hold: threading.Event | None = None) -> Iterator[str]:
    """Yield the root of a server before `url` that spoils answers; one that it cuts off it keeps
    open until `hold` is set."""
    target = urlparse(url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
            headers = {
                name: value for name, value in self.headers.items()
                if name not in {"Host", "Accept-Encoding"}
            }  # fmt: skip
            connection.request(self.command, target.path + self.path, body, headers)
            real = connection.getresponse()
            answer = (real.status, {"Content-Type": real.headers.get("Content-Type", "")},
                      real.read())  # fmt: skip
            connection.close()
            changed = spoil(self.command, self.path, answer)
            most = changed if isinstance(changed, int) else None
            status, shown, content = answer if isinstance(changed, int) else changed
            self.send_response(status)
            for name, value in shown.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[:most])
            if most is not None:
                self.close_connection = True
                if hold is not None:
                    self.wfile.flush()
                    hold.wait(120)

        def do_GET(self) -> None:
            self._pass()

        def do_POST(self) -> None:
            self._pass()

        def log_message(self, *_words: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
