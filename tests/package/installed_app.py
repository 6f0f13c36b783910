"""The app's package, installed and read in the way that Splunk installs apps and reads conf
files."""

from __future__ import annotations

import configparser
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/e2e"))  # for the imitation of splunkd

APP = "cloudhijack"
PACKAGE = Path(os.environ["CLOUDHIJACK_SPL"]).resolve()


def install(apps: Path) -> Path:
    """Unpack the package into a folder of apps and return the app's folder."""
    apps.mkdir(parents=True, exist_ok=True)
    subprocess.run(["tar", "-xzf", PACKAGE, "-C", apps], check=True)
    return apps / APP


def read_conf(text: str) -> dict[str, dict[str, str]]:
    """The stanzas of one conf file. A repeated stanza or key is an error."""
    conf = configparser.RawConfigParser(
        delimiters="=", comment_prefixes="#", strict=True, default_section="default"
    )
    conf.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their case
    conf.read_string(text.replace("\\\n", " "))
    return {name: dict(conf[name]) for name in conf.sections()}


def read_stanza(app: Path, conf: str, stanza: str) -> dict[str, str]:
    """A stanza's settings: the app's own, each replaced by the administrator's if there is one."""
    settings: dict[str, str] = {}
    for folder in ("default", "local"):
        path = app / folder / conf
        if path.exists():
            settings.update(read_conf(path.read_text()).get(stanza, {}))
    return settings


def find_command(app: Path, name: str) -> Path:
    """The file that Splunk starts for a search command that uses the chunked protocol."""
    settings = read_stanza(app, "commands.conf", name)
    if settings.get("chunked") != "true":
        raise AssertionError("the command would be started with the old protocol")
    filename = settings["filename"]
    if Path(filename).name != filename:
        raise AssertionError(f"{filename} is outside the app's bin folder")
    places = [app / f"linux_{platform.machine()}" / "bin" / filename, app / "bin" / filename]
    return next(place for place in places if place.exists())
