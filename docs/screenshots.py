"""Makes the README's pictures from the demonstration: ``make screenshots``."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
FLAGS = ["--headless", "--no-sandbox", "--disable-quic", "--disable-background-networking",
         "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]  # fmt: skip


def main() -> None:
    """Serve a fresh demonstration and photograph two of its pages."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    folder = tempfile.mkdtemp(prefix="second-opinion-pictures-")
    environment = {**os.environ, "DATA_DIR": folder}
    command = [sys.executable, "-m", "secondopinion", "demo", "--port", str(port)]
    subprocess.run([*command, "--no-serve"], env=environment, cwd=HERE.parent, check=True)
    server = subprocess.Popen(command, env=environment, cwd=HERE.parent)
    try:
        for _try in range(600):
            try:
                urllib.request.urlopen(f"{url}/health/")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_page(viewport={"width": 1366, "height": 860})
            page.goto(f"{url}/demo/as/mei.tanaka@harbour.example/")
            page.click("main button")
            page.click("a:has-text('Valentina')")
            page.wait_for_selector("[data-viewer][data-ready='1']", timeout=60_000)
            page.wait_for_timeout(1500)
            page.screenshot(path=HERE / "review.png")
            phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
            phone.goto(f"{url}/demo/as/amina.alhassan@usra.example/")
            phone.click("main button")
            phone.click("ul.tasks a")
            phone.screenshot(path=HERE / "family.png")
            browser.close()
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main()
