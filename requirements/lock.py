"""
Write the locks anew: ``python3 requirements/lock.py [--upgrade]``; without it, only what must change does.

Each ``NAME.in`` here becomes ``NAME.txt``: every package, for every machine, pinned by hash, with no address.
It uses the uv at hand, or one fetched for this once; its arguments go to ``uv pip compile``.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url"

with tempfile.TemporaryDirectory() as folder:
    uv = shutil.which("uv")
    if uv is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--target", folder, "uv"], check=True)
        uv = f"{folder}/bin/uv"
    for name in ("runtime", "test", "bench"):  # each keeps to the pins of those before it
        command = [
            uv,
            "pip",
            "compile",
            "--quiet",
            *OPTIONS.split(),
            *sys.argv[1:],
            f"{name}.in",
            "-o",
            f"{name}.txt",
        ]
        subprocess.run(command, cwd=HERE, check=True)
        assert "://" not in (HERE / f"{name}.txt").read_text(), f"uv wrote an address into {name}.txt"
