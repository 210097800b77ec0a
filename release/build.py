"""Build what is released, twice and in different ways, and refuse it where the bytes differ.

Run by `make release`, in an environment with the group `release`: `build.py FOLDER`. Built is what
is committed, from a clean tree; the time in the files is that of the last commit, or of
SOURCE_DATE_EPOCH where that is set. The first time the wheel is made from the tree, the second
time from the source distribution, in another folder, with other modes and times of the files and
in another time zone. Another Python or another zlib may compress otherwise: the contents are the
same then, and the bytes need not be.
"""

import hashlib
import os
import shutil
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import installs

ROOT = Path(__file__).parents[1]
KINDS = ("sdist", "wheel")


def git(*command: str) -> str:
    """Give what git prints."""
    return installs.run("git", *command, cwd=ROOT).strip()


def refuse_changes() -> None:
    """Stop where something is not committed: it would be released or left out unseen."""
    if changed := git("status", "--porcelain"):
        sys.exit(f"make release builds what is committed; these are not:\n{changed}")


def stated_time(environment: Mapping[str, str]) -> str:
    """Give the time that all files get, in seconds since 1970."""
    return environment.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct")


def exported(folder: Path, *, umask: int, touched: float | None) -> Path:
    """Lay out what is committed, with modes by a umask, of a time or of that of the commit."""
    folder.mkdir()
    git("archive", f"--output={folder / 'tree.tar'}", "HEAD")

    def as_stated(file: tarfile.TarInfo, place: str) -> tarfile.TarInfo | None:
        mtime = file.mtime if touched is None else touched
        return tarfile.data_filter(file.replace(mode=file.mode & ~umask, mtime=mtime), place)

    with tarfile.open(folder / "tree.tar") as archive:
        archive.extractall(folder / "tree", filter=as_stated)  # noqa: S202 - filtered
    return folder / "tree"


def built(tree: Path, target: str, into: Path, zone: str, epoch: str) -> Path:
    """Build a wheel or a source distribution of a tree, without isolation, and give its path."""
    before = {*into.iterdir()} if into.exists() else set()
    environment = {**os.environ, "TZ": zone, "SOURCE_DATE_EPOCH": epoch}
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(into)]
    installs.run(*command, cwd=tree, env=environment)
    (file,) = {*into.iterdir()} - before
    return file


def unpacked(sdist: Path, folder: Path) -> Path:
    """Unpack a source distribution, and give its tree."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def sums(folder: Path) -> str:
    """Give the line of each file as sha256sum writes it, by name."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted(folder.iterdir())
    )


def main(dist: str) -> None:
    """Build both twice, compare, check, list what they bring, and write the sums of all."""
    refuse_changes()
    epoch = stated_time(os.environ)
    folder = Path(dist)
    shutil.rmtree(folder, ignore_errors=True)
    with TemporaryDirectory() as place:
        first, second = Path(place, "first"), Path(place, "second")
        tree = exported(first, umask=0o022, touched=None)
        once = [built(tree, kind, first / "dist", "UTC", epoch) for kind in KINDS]
        tree = exported(second, umask=0o077, touched=0)
        again = [built(tree, "sdist", second / "dist", "Asia/Tokyo", epoch)]
        tree = unpacked(again[0], second / "unpacked")
        again.append(built(tree, "wheel", second / "dist", "Asia/Tokyo", epoch))
        for one, other in zip(once, again, strict=True):
            if (one.name, one.read_bytes()) != (other.name, other.read_bytes()):
                sys.exit(f"{one.name} was built twice, and its bytes differ")
        shutil.copytree(first / "dist", folder)
    files = [str(folder / one.name) for one in once]
    check = [sys.executable, "-m", "twine", "--no-color", "check", "--strict", *files]
    print(installs.run(*check), end="")
    installs.with_each_extra(Path(files[1]), str(installs.VENV / "bin/python"), bills=folder)
    written = sums(folder)
    (folder / "SHA256SUMS").write_text(written, encoding="utf-8")
    print(written, end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
