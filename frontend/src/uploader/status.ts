/** After everything has arrived: what the server's checks say, then the fresh list. */
import { make } from "../shared/dom";
import { fill, type Texts } from "./texts";

interface Status {
  waiting: number;
  items?: { name: string; state: string; message?: string }[];
}

const FIRST = 1000; // ms between two questions, growing to LONGEST
const LONGEST = 8000;
const PATIENCE = 20 * 60_000;

const running = new WeakSet<HTMLElement>();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function ask(url: string): Promise<Status> {
  const response = await fetch(url, {
    credentials: "same-origin",
    headers: { Accept: "application/json" },
  });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as Status;
}

function draw(place: HTMLElement, text: string, status: Status): void {
  const list = make("ul", "uploader-items");
  for (const item of status.items ?? []) {
    const row = make("li");
    row.dataset.state = item.state;
    row.append(make("bdi", "uploader-name", item.name));
    if (item.message) row.append(" ", make("span", "", item.message));
    list.append(row);
  }
  place.replaceChildren(make("p", "", text), list);
}

async function reload(root: HTMLElement): Promise<void> {
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
  if (!url || running.has(root)) {
    if (!url) await reload(root);
    return;
  }
  running.add(root);
  const since = Date.now();
  let failures = 0;
  try {
    for (let wait = FIRST; Date.now() - since < PATIENCE; wait = Math.min(LONGEST, wait * 1.4)) {
      try {
        const status = await ask(url);
        failures = 0;
        if (status.waiting === 0) {
          draw(place, texts.checked, status);
          await reload(root);
          root.dataset.checked = "1";
          return;
        }
        draw(place, fill(texts.checking, { n: status.waiting }), status);
      } catch {
        if (++failures > 8) break;
      }
      await pause(wait);
    }
    place.replaceChildren(make("p", "", texts.check_failed));
  } finally {
    running.delete(root);
  }
}
