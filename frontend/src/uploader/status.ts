/** After everything has arrived: what the server's checks say, then the fresh list. */
import { make } from "../shared/dom";
import type { Texts } from "./texts";

interface Status {
  waiting: number;
}

const FIRST = 1000; // ms between two questions, growing to LONGEST
const LONGEST = 8000;
const PATIENCE = 20 * 60_000;

/** Who is asking already, and whether more has arrived since, so that it asks once more. */
const running = new WeakMap<HTMLElement, { more: boolean }>();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function ask(url: string): Promise<Status> {
  const response = await fetch(url, {
    credentials: "same-origin",
    headers: { Accept: "application/json" },
  });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Status;
}

/** Say something once: a screen reader reads what is new. */
function say(place: HTMLElement, text: string): void {
  if (place.textContent !== text) place.replaceChildren(make("p", "", text));
}

/** Put the server's fresh list into the page. */
export async function refresh(root: HTMLElement): Promise<void> {
  const url = root.dataset.listUrl;
  const list =
    root.querySelector("[data-uploader-list]") ?? document.querySelector("[data-uploader-list]");
  if (!url || !list) return;
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) return;
  // The fragment is our own server's template output, as when the page itself was loaded.
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  list.replaceChildren(...parsed.body.childNodes);
}

export async function follow(root: HTMLElement, place: HTMLElement, texts: Texts): Promise<void> {
  const url = root.dataset.statusUrl;
  if (!url) {
    await refresh(root);
    return;
  }
  const asking = running.get(root);
  if (asking) {
    asking.more = true;
    return;
  }
  const me = { more: false };
  running.set(root, me);
  const since = Date.now();
  let failures = 0;
  let waiting = -1;
  try {
    for (let wait = FIRST; Date.now() - since < PATIENCE; wait = Math.min(LONGEST, wait * 1.4)) {
      try {
        me.more = false;
        const status = await ask(url);
        failures = 0;
        if (status.waiting === 0) {
          await refresh(root);
          if (me.more) continue;
          say(place, texts.checked);
          root.dataset.checked = "1";
          return;
        }
        say(place, texts.checking);
        if (status.waiting !== waiting) await refresh(root);
        waiting = status.waiting;
      } catch {
        if (++failures > 8) break;
      }
      await pause(wait);
    }
    say(place, texts.check_failed);
  } finally {
    running.delete(root);
  }
}
