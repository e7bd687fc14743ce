/** Keeps the list of what has arrived fresh while a phone sends, and says when the phone is done. */
import { refresh } from "./uploader/status";

const EVERY = 5000; // ms
const SECRET = /name="csrfmiddlewaretoken" value="\w+"/g; // other at every answer
const code = document.querySelector<HTMLElement>("[data-capture]");
const root = document.querySelector<HTMLElement>("[data-uploader-follow]");

let said = "";

/** Puts what has become of the square code in its place, once a phone has used it. */
async function look(place: HTMLElement): Promise<void> {
  const response = await fetch(place.dataset.stateUrl ?? "", { credentials: "same-origin" });
  // Signed out meanwhile, it answers with another page.
  const text = response.ok && !response.redirected ? (await response.text()).trim() : "";
  if (!text || text.replace(SECRET, "") === said) return;
  said = text.replace(SECRET, "");
  // The fragment is our own server's template output, as when the page itself was loaded.
  place.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
  history.replaceState(null, "", location.href); // loaded anew, the page makes no other code
}

if (root) {
  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    void refresh(root).catch(() => undefined);
    if (code) void look(code).catch(() => undefined);
  }, EVERY);
}
