/** Keeps the list of what has arrived fresh while a phone sends. */
import { refresh } from "./uploader/status";

const EVERY = 5000; // ms
const root = document.querySelector<HTMLElement>("[data-uploader-follow]");

if (root) {
  setInterval(() => {
    if (document.visibilityState === "visible") void refresh(root).catch(() => undefined);
  }, EVERY);
}
