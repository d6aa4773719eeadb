"""What mini programs in WeChat DevTools' simulator, and H5 pages, call: functions, documents and files."""

from pathlib import Path

SCRIPT = Path(__file__).parent / "cloudpy-client.js"  # the client: wx.cloud over HTTP
