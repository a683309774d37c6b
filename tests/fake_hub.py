"""A Hugging Face hub on 127.0.0.1 that serves one folder, and misbehaves when told to."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "c0ffee" * 6 + "c0ff"


@dataclass
class FakeHub:
    """What the hub holds, how it behaves, and what it was asked.

    `trouble` is one of: None, "truncated" (the weights break off), "short" (the weights are
    announced longer than they are), "wrong hash" (the weights' checksum is another file's),
    "no repository" (404 to everything), "gated" (401), "silent" (accepts and never answers),
    "broken" (500), "changing" (each file of another commit).
    """

    folder: Path
    repository: str
    trouble: str | None = None
    asked: list[str] = field(default_factory=list)
    address: str = ""
    stop: threading.Event = field(default_factory=threading.Event)


@cache
def sums(content: bytes, *, large: bool) -> str:
    """Return the ETag of a file: sha256 of a large one, git's sha1 of a small one."""
    if large:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Answer HEAD and GET on /{repository}/resolve/{revision}/{file}."""

    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, *_) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Announce a file."""
        self.answer(body=False)

    def do_GET(self) -> None:
        """Send a file."""
        self.answer(body=True)

    def answer(self, *, body: bool) -> None:
        """Behave as told."""
        hub = self.hub
        hub.asked.append(f"{self.command} {self.path}")
        if hub.trouble == "silent":
            hub.stop.wait(60)
            self.close_connection = True
            return
        prefix = f"/{hub.repository}/resolve/main/"
        file = hub.folder / self.path.removeprefix(prefix)
        if hub.trouble in ("no repository", "gated", "broken"):
            status = {"no repository": 404, "gated": 401, "broken": 500}[hub.trouble]
            code = {"no repository": "RepoNotFound", "gated": "GatedRepo"}.get(hub.trouble, "")
            self.refuse(status, code)
        elif not self.path.startswith(prefix):
            self.refuse(404, "RepoNotFound")
        elif not file.is_file():
            self.refuse(404, "EntryNotFound")
        else:
            self.serve(file, body=body)

    def refuse(self, status: int, code: str) -> None:
        """Send an error as the hub words it."""
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def serve(self, file: Path, *, body: bool) -> None:
        """Send a file, or what is left of it."""
        content, trouble = file.read_bytes(), self.hub.trouble
        weights = file.suffix == ".safetensors"
        announced = content + b"x" if trouble == "wrong hash" and weights else content
        size = len(content) + (7 if trouble == "short" and weights and not body else 0)
        commit = sums(content, large=False) if trouble == "changing" else COMMIT
        self.send_response(200)
        self.send_header("ETag", f'"{sums(announced, large=weights)}"')
        self.send_header("X-Repo-Commit", commit)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        if body and trouble == "truncated" and weights:
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        elif body:
            self.wfile.write(content)


@contextmanager
def serving(folder: Path, repository: str, *, trouble: str | None = None) -> Iterator[FakeHub]:
    """Serve `folder` as `repository` while the block runs."""
    hub = FakeHub(folder, repository, trouble)
    handler = type("Bound", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hub
    finally:
        hub.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def unused_address() -> str:
    """Return an address on this machine where nothing listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    port = server.server_port
    server.server_close()
    return f"http://127.0.0.1:{port}"
