"""The container image that the Dockerfile makes of an unpacked tarball: buildah builds and runs
it, without an engine, a registry or a network."""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from shell_packages import ARCHITECTURES, MACHINE, laid_out, run, unpack, write_logs

USER = "65532:65532"


class ImageTest(unittest.TestCase):
    def setUp(self) -> None:
        # The images are deleted with the folder.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)

    def buildah(self, *words: object) -> list[str]:
        places = ("--root", self.folder / "images", "--runroot", self.folder / "run")
        return [str(word) for word in ("buildah", *places, "--storage-driver", "vfs", *words)]

    def build(self, machine: str) -> None:
        """Build the image from a tarball that a careful user has unpacked."""
        context = self.folder / machine
        context.mkdir()
        folder = unpack(machine, context, umask="077")
        platform = f"linux/{ARCHITECTURES[machine]}"
        options = ("--isolation", "chroot", "--platform", platform, "--tag", "cloudhijack")
        run(*self.buildah("build", *options, folder))

    def test_it_contains_the_program_and_its_licences(self) -> None:
        for machine, architecture in ARCHITECTURES.items():
            with self.subTest(machine):
                self.build(machine)
                saved = self.folder / f"saved-{machine}"
                run(*self.buildah("push", "cloudhijack", f"dir:{saved}"))
                manifest = json.loads((saved / "manifest.json").read_text())
                digest = manifest["config"]["digest"].removeprefix("sha256:")
                image = json.loads((saved / digest).read_text())
                self.assertEqual((image["os"], image["architecture"]), ("linux", architecture))
                self.assertEqual(image["config"]["User"], USER)
                self.assertEqual(image["config"]["Entrypoint"], ["/cloudhijack"])

                (layer,) = manifest["layers"]
                with tarfile.open(saved / layer["digest"].removeprefix("sha256:")) as archive:
                    modes = {member.name: member.mode for member in archive.getmembers()}
                    program = archive.extractfile("cloudhijack")
                    assert program is not None
                    self.assertEqual(
                        program.read(), (laid_out(machine) / "bin/cloudhijack").read_bytes()
                    )
                self.assertEqual(modes["cloudhijack"] & 0o777, 0o755)
                names = {name.strip("/").partition("/")[0] for name in modes}
                # buildah makes the other folders, which are empty.
                self.assertLessEqual({"cloudhijack", "LICENSE", "bom.cdx.json", "licenses"}, names)

    def test_it_scans_a_volume_as_another_user(self) -> None:
        self.build(MACHINE)
        logs = self.folder / "logs"
        write_logs(logs)
        container = run(*self.buildah("from", "--pull-never", "cloudhijack")).strip()
        answers = self.folder / "answers"
        answers.mkdir()
        answers.chmod(0o777)
        volumes = ("--volume", f"{logs}:/data:ro", "--volume", f"{answers}:/answers")
        words = ("run", "--isolation", "chroot", *volumes, container)
        in_container = self.buildah(*words, "--", "/cloudhijack", "scan", "--format", "csv")

        program = laid_out(MACHINE) / "bin/cloudhijack"
        expected = run(program, "scan", "--format", "csv", logs)
        self.assertGreater(len(expected.splitlines()), 3)
        self.assertEqual(run(*in_container, "/data"), expected)
        run(*in_container, "-o", "/answers/found.csv", "/data")
        self.assertEqual([path.name for path in answers.iterdir()], ["found.csv"])
        self.assertEqual((answers / "found.csv").read_text(), expected)

        # Its user is not the one whose files these are.
        (logs / "events.json").chmod(0o600)
        done = subprocess.run([*in_container, "/data"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("/data/events.json: cannot be opened: Permission denied", done.stderr)


if __name__ == "__main__":
    unittest.main()
