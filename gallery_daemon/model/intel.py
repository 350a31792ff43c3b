"""OpenVINO without its telemetry.

OpenVINO's converter and NNCF tell their maker that they were used, unless a person has declined
(openvino-telemetry 2025.2, `enable_opt_in_dialog=False`: no file of consent counts as consent). We
promise that nothing leaves the machine, so the package that does it is hidden from them; both then
go on without.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any

_TELEMETRY = "openvino_telemetry"


def is_installed(name: str) -> bool:
    """Whether a package can be imported; it is not."""
    return importlib.util.find_spec(name) is not None


def silent(name: str) -> Any:  # noqa: ANN401 - neither package is typed
    """The package `name`, `openvino` or `nncf`, which will send nothing."""
    # None makes `import` raise ImportError, which both packages expect.
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    return importlib.import_module(name)
