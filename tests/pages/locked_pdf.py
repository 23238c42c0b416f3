"""A PDF that cannot be opened."""

import io


def locked_pdf() -> bytes:
    """The standard handler, revision 2, with a user password that nobody knows."""
    locked = io.BytesIO()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
        b"<< /Filter /Standard /V 1 /R 2 /O <"
        + b"17" * 32
        + b"> /U <"
        + b"23" * 32
        + b"> /P -4 >>",
    ]
    locked.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(locked.tell())
        locked.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = locked.tell()
    locked.write(b"xref\n0 5\n0000000000 65535 f \n")
    locked.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    name = b"<" + b"00" * 16 + b">"
    locked.write(b"trailer\n<< /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [%s %s] >>\n" % (name, name))
    locked.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return locked.getvalue()
