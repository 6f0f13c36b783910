"""A stand-in for S3 on the loopback interface: it lists and reads the files of folders."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_MODIFIED = "2024-03-06T00:00:00.000Z"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    buckets: Mapping[str, Path]

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        file = self.buckets[bucket] / key
        if not key and self.command == "GET":
            self._list(bucket, parse_qs(parts.query))
        elif not key:
            self._answer(200, b"")
        elif file.is_file():
            self._object(file.read_bytes())
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _object(self, data: bytes) -> None:
        if wanted := self.headers.get("Range"):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            piece = data[int(first) : int(last) + 1]
            place = f"bytes {first}-{int(first) + len(piece) - 1}/{len(data)}"
            return self._answer(206, piece, {"Content-Range": place})
        self._answer(200, data)

    def _list(self, bucket: str, query: Mapping[str, list[str]]) -> None:
        prefix = query.get("prefix", [""])[0]
        most = int(query.get("max-keys", ["1000"])[0])
        token = query.get("continuation-token", [""])[0]
        found = [key for key in keys_of(self.buckets[bucket]) if key.startswith(prefix)]
        page = [key for key in found if key > token][:most]
        more = bool(page) and page[-1] != found[-1]
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{_MODIFIED}</LastModified>"
            f"<Size>{(self.buckets[bucket] / key).stat().st_size}</Size></Contents>"
            for key in page
        )
        after = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        self._answer(
            200,
            (
                f"<ListBucketResult><Name>{bucket}</Name><KeyCount>{len(page)}</KeyCount>"
                f"<IsTruncated>{str(more).lower()}</IsTruncated>{after}{contents}"
                "</ListBucketResult>"
            ).encode(),
        )

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Wed, 06 Mar 2024 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def keys_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


class S3StandIn:
    """Serves each bucket from a folder while it is entered."""

    def __init__(self, buckets: Mapping[str, Path]) -> None:
        self._buckets = buckets
        handler = type("Handler", (_Handler,), {"buckets": buckets})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)

    @property
    def query(self) -> str:
        """What a URI needs to reach the stand-in instead of AWS."""
        return (
            f"endpoint_override=127.0.0.1:{self._server.server_port}&scheme=http"
            "&region=us-east-1&allow_bucket_creation=false"
        )

    def listing(self, bucket: str) -> list[str]:
        """The lines that `aws s3 ls --recursive` prints."""
        folder = self._buckets[bucket]
        return [
            f"2024-03-06 00:00:00 {(folder / key).stat().st_size:10} {key}"
            for key in keys_of(folder)
        ]

    def __enter__(self) -> S3StandIn:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
