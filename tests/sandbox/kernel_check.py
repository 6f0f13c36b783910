"""Runs the sandbox's tests, and searches, on a Linux for aarch64 in a virtual machine.

usage: kernel_check.py BUILD PACKAGES

The other tests of the aarch64 program run in qemu's user emulation, which has no seccomp filters.
BUILD is the folder with the programs for aarch64, PACKAGES one with Debian's kernel and busybox for
it, which cmake/sysroot.sh has unpacked.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "e2e"))
os.environ.setdefault("CLOUDHIJACK", sys.executable)  # no test runs on this machine

from test_vectors import VECTORS, normalised

DEADLINE = 600.0  # seconds; only reached if the virtual machine hangs

# The first process in the virtual machine.
INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
ln -s /proc/self/fd /dev/fd
mount -t tmpfs tmp /tmp
uname -srm
/sandbox_tests --no-colors
for vector in /data/*.scp; do
    echo "begin ${vector##*/}"
    /cloudhijack < $vector | base64
    echo "end"
done
reboot -f
"""

MACHINE = (
    *("qemu-system-aarch64", "-machine", "virt", "-cpu", "max,pauth-impdef=on", "-m", "1024"),
    *("-nic", "none", "-nographic", "-no-reboot"),
)


def write_files(folder: Path, build: Path, packages: Path) -> None:
    """The file system in which the virtual machine starts."""
    for name in ("bin", "dev", "proc", "tmp", "data"):
        (folder / name).mkdir(parents=True)
    shutil.copy(packages / "bin/busybox", folder / "bin")
    shutil.copy(build / "cloudhijack", folder)
    shutil.copy(build / "tests/sandbox/cloudhijack_sandbox_tests", folder / "sandbox_tests")
    for vector in VECTORS.glob("*.scp"):
        shutil.copy(vector, folder / "data")
    (folder / "init").write_text(INIT)
    (folder / "init").chmod(0o755)


def pack(folder: Path, archive: Path) -> None:
    names = "".join(f"{path.relative_to(folder)}\n" for path in sorted(folder.rglob("*")))
    with archive.open("wb") as file:
        subprocess.run(
            ["cpio", "--create", "--format=newc", "--quiet"],
            input=names.encode(),
            stdout=file,
            cwd=folder,
            check=True,
        )


def start(kernel: Path, archive: Path) -> str:
    """What the virtual machine says until it ends."""
    words = ("-kernel", kernel, "-initrd", archive, "-append", "console=ttyAMA0 panic=-1 quiet")
    run = subprocess.run(
        [*MACHINE, *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=DEADLINE,
    )
    return run.stdout.decode(errors="replace").replace("\r", "")


def wrong_answers(said: str) -> list[str]:
    """The vectors whose answer is another than expected."""
    answers = {
        name: base64.b64decode(text)
        for name, text in re.findall(r"(?ms)^begin (\S+)\n(.*?)^end$", said)
    }
    return [
        vector.name
        for vector in sorted(VECTORS.glob("*.scp"))
        if normalised(answers.get(vector.name, b"")) != vector.with_suffix(".expected").read_bytes()
    ]


def numbers_in_name(path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path.name)]


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    build, packages = map(Path, arguments)
    kernel = max((packages / "boot").glob("vmlinuz-*"), key=numbers_in_name)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder / "files", build, packages)
        pack(folder / "files", folder / "files.cpio")
        said = start(kernel, folder / "files.cpio")
    summary = re.search(r"\[doctest\] test cases:.* (\d+) failed \| (\d+) skipped", said)
    wrong = wrong_answers(said)
    print(
        f"{said[: said.find('begin ')]}\nother answers than expected: {', '.join(wrong) or 'none'}"
    )
    return 0 if summary and summary.groups() == ("0", "0") and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
