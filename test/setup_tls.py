"""setup_tls -- a certificate authority of one's own and a server certificate it signed.

Made with the openssl command: Python's standard library can use certificates but not make them.
As a command: /usr/bin/python3 setup_tls.py FOLDER NAME-OR-ADDRESS...
"""

import ipaddress
import os
import subprocess
import sys


def alternative(name):
    """Return `name` as an entry of subjectAltName: an address as IP:, all else as DNS:."""
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def openssl(folder, *arguments):
    """Run the openssl command in `folder`; its messages go to openssl.log there."""
    with open(os.path.join(folder, "openssl.log"), "ab") as log:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True,
                       stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def make_certificate(folder, names):
    """Write ca.pem, server.pem and server.key into `folder`, valid 30 days for `names`.

    server.pem holds the server's certificate followed by the authority's; ca.pem is what a client
    trusts. The authority's key is deleted: nothing else is ever signed with it.
    """
    os.makedirs(folder, exist_ok=True)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(folder, "req", "-x509", *curve, "-days", "30", "-subj", "/CN=rsload test authority",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", "ca.key", "-out", "ca.pem")
    openssl(folder, "req", *curve, "-subj", f"/CN={names[0]}", "-keyout", "server.key", "-out", "server.csr")
    with open(os.path.join(folder, "server.ext"), "w", encoding="ascii") as out:
        out.write("basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n"
                  f"subjectAltName={','.join(alternative(name) for name in names)}\n")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-set_serial", str(int.from_bytes(os.urandom(8), "big") | 1), "-days", "30", "-sha256",
            "-extfile", "server.ext", "-out", "server.crt")
    with open(os.path.join(folder, "server.pem"), "wb") as out:
        for part in ("server.crt", "ca.pem"):
            with open(os.path.join(folder, part), "rb") as text:
                out.write(text.read())
    os.chmod(os.path.join(folder, "server.key"), 0o600)
    for name in ("ca.key", "server.csr", "server.ext", "server.crt"):
        os.unlink(os.path.join(folder, name))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: setup_tls.py FOLDER NAME-OR-ADDRESS...")
    make_certificate(sys.argv[1], sys.argv[2:])
