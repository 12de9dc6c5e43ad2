"""What stands in a picture of a camera: the codes of our labels, read by zxing-cpp, whatever the browser can do by itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import zxingcpp

LARGEST_PIXELS = 1 << 20
READ = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])


def read_picture(told: Mapping[str, Any]) -> str:
    """The code in a picture in grey ({grey: base64 of a byte a pixel, width}); "" if there is none, or if this is no picture."""
    width, text = told.get("width"), told.get("grey")
    if type(width) is not int or not isinstance(text, str) or width < 1 or len(text) > 2 * LARGEST_PIXELS:
        return ""
    try:
        grey = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except ValueError:  # no base64, or letters that are none of any
        return ""
    if not grey.size or grey.size % width:
        return ""
    found = zxingcpp.read_barcodes(grey.reshape(-1, width), formats=READ)
    return str(found[0].text) if found else ""
