"""What a file looks like by its first bytes, whatever its suffix says."""

import re
import zlib

__all__ = ["looks_like"]

_TEXT = rb"(?:\xef\xbb\xbf)?\s*"  # what may come before the first character that counts

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"PK\x03\x04", "an Excel workbook or another zip archive"),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind; save it as .xlsx or .csv"),
    (rb"\x28\xb5\x2f\xfd", "compressed by zstd"),
    (rb"BZh[1-9]", "compressed by bzip2"),
    (rb"\xfd7zXZ\x00", "compressed by xz"),
    (rb"\xff\xfe|\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (rb"(?:[^\x00-\x08\x80-\xff]\x00){4}", "UTF-16 text; save it as UTF-8"),
    (rb"(?:\x00[^\x00-\x08\x80-\xff]){4}", "UTF-16 text; save it as UTF-8"),
    (rb"SQLite format 3\x00", "an SQLite database"),
    (rb"RD[XA][23]\n|X\n\x00\x00\x00[\x02\x03]", "an R file"),
    (rb"\x80[\x02-\x05]", "a pickled Python object"),
    (rb"ARROW1", "an Arrow file (Feather)"),
    (rb"\x89HDF\r\n", "an HDF5 file"),
    (rb"%PDF-", "a PDF document"),
    (rb"\{\\rtf", "an RTF document"),
    (_TEXT + rb"<(?i:!doctype html|html|head|body|table|meta)\b", "an HTML page"),
    (_TEXT + rb"<\?xml\b", "XML"),
)
"""How files begin that people take for others, and their name for people."""

_KNOWN = tuple((re.compile(begins), name) for begins, name in _SIGNATURES)
_GZIP = b"\x1f\x8b"


def looks_like(beginning: bytes) -> str | None:
    """Name what begins so, if it is no format of ours and known all the same.

    >>> looks_like(b"<html><body><table>")
    'an HTML page'
    """
    for pattern, name in _KNOWN:
        if pattern.match(beginning):
            return name
    if not beginning.startswith(_GZIP):
        return None
    try:
        inside = zlib.decompressobj(wbits=31).decompress(beginning)
    except zlib.error:
        inside = b""
    return "an R file" if _R.match(inside) else "compressed by gzip"


(_R,) = (pattern for pattern, name in _KNOWN if name == "an R file")
