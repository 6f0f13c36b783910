"""The files that a Spark job reads, and their distribution over its tasks."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, NoReturn

from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem

MOST_FILES = 20_000  # of one task, so that its row stays small


class Unusable(Exception):
    """Something that the user named cannot be used; the text says what and why."""


def say(text: str) -> None:
    print(f"cloudhijack_spark: {text}", file=sys.stderr, flush=True)


class Input(NamedTuple):
    root: str  # URI of the file system; empty for a local file
    path: str  # in that file system
    size: int  # bytes


URI = re.compile(r"([a-z][a-z0-9+]*://[^/?]*)/?(.*?)(\?[a-z_]+=[^/]*)?", re.DOTALL)
S3_LISTING = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +(\d+) (.+)")  # aws s3 ls --recursive


@functools.lru_cache
def file_system(root: str) -> tuple[FileSystem, str]:
    """The file system and the first part of the paths in it, for S3 the bucket."""
    if not root:
        return LocalFileSystem(), ""
    try:
        system, base = FileSystem.from_uri(root)
    except (NotImplementedError, OSError, ValueError) as error:
        raise Unusable(f"{root}: {error}") from error
    return system, base.rstrip("/")


def place_of(name: str, key: str = "") -> tuple[str, str]:
    """The root and the path of an input; a key is an object's in the bucket with the name."""
    if "://" not in name:
        return "", os.path.abspath(name)
    found = URI.fullmatch(name)
    if not found:
        raise Unusable(f"{name}: is not a URI; one is s3://bucket/prefix")
    root = re.sub("^s3[an]://", "s3://", f"{found[1]}/{found[3] or ''}")
    return root, f"{file_system(root)[1]}/{key or found[2]}".rstrip("/")


def files_below(folder: str) -> Iterator[str]:
    """Also pipes and links to nothing: the program reports them."""

    def fail(error: OSError) -> NoReturn:
        raise Unusable(f"{error.filename}: cannot be read: {error.strerror}")

    seen = set()
    for place, folders, names in os.walk(folder, onerror=fail, followlinks=True):
        if (real := os.path.realpath(place)) in seen:  # a link leads back
            folders.clear()
            continue
        seen.add(real)
        yield from (os.path.join(place, name) for name in names)


class InputList:
    """The files that the user named and those in the folders among them, each once."""

    def __init__(self) -> None:
        self._inputs: dict[tuple[str, str], Input] = {}
        self._repeated: list[str] = []

    def _add(self, root: str, path: str, size: int | None) -> None:
        place = (root, path if root else os.path.realpath(path))  # two links lead to one file
        if place in self._inputs:
            self._repeated.append(path)
        else:
            self._inputs[place] = Input(root, path, size or 0)

    def add_paths(self, paths: Sequence[str]) -> None:
        asked: dict[str, list[str]] = {}
        for name in paths:
            root, path = place_of(name)
            asked.setdefault(root, []).append(path)
        for root, wanted in asked.items():
            system = file_system(root)[0]
            for info in system.get_file_info(wanted):
                if info.type == FileType.NotFound:
                    raise Unusable(f"{root}{info.path}: does not exist")
                if info.type != FileType.Directory:
                    self._add(root, info.path, info.size)
                elif root:
                    for one in system.get_file_info(FileSelector(info.path, recursive=True)):
                        if one.type == FileType.File:
                            self._add(root, one.path, one.size)
                else:
                    for file in files_below(info.path):
                        self._add("", file, os.path.getsize(file) if os.path.exists(file) else 0)

    def add_list(self, file: str, bucket: str) -> None:
        """Adds the inputs that the lines of a file name: paths, URIs or lines of `aws s3 ls`."""
        paths = []
        for line in filter(None, Path(file).read_text("utf-8").split("\n")):
            listed = S3_LISTING.fullmatch(line)
            if not listed:
                paths.append(line)
            elif not bucket:
                raise Unusable(f"{file}: has lines of aws s3 ls; name their bucket with --bucket")
            elif not listed[2].endswith("/"):  # not a folder
                self._add(*place_of(bucket, key=listed[2]), int(listed[1]))
        self.add_paths(paths)

    def finish(self) -> list[Input]:
        if self._repeated:
            count, first = len(self._repeated), self._repeated[0]
            say(f"{count} paths lead to files that were already named, such as {first}")
        return sorted(self._inputs.values())


def tasks_of(inputs: Sequence[Input], most_bytes: int) -> list[list[Input]]:
    """Neighbours share a task, until it has enough bytes or files."""
    tasks: list[list[Input]] = []
    size = 0
    for one in inputs:
        if not tasks or size + one.size > most_bytes or len(tasks[-1]) == MOST_FILES:
            tasks.append([])
            size = 0
        tasks[-1].append(one)
        size += one.size
    return tasks
