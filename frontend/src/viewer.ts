/** The viewer's door: the large part is loaded only when the viewer comes into sight. */
import "./viewer.css";
import { glance } from "./viewer/glance";
import { make } from "./shared/dom";
import { Places } from "./viewer/places";
import { firstOf, metadataOf, type Row } from "./viewer/series";
import { wordsOf } from "./viewer/texts";

const LONGEST = 1500; // ms that everything else waits for the first image

/**
 * The first image is seen before the large part is there: it is asked for first, since reading so
 * much script and so many headers keeps the page from drawing.
 */
async function open(root: HTMLElement): Promise<void> {
  const summary = root.dataset.summaryUrl ?? "";
  const base = summary.replace(/\/summary$/, "");
  const places = new Places(`viewer:${summary}`);
  const rows = fetch(summary, { credentials: "same-origin" }).then(async (answer) => {
    if (!answer.ok) throw new Error(`summary: ${answer.status}`);
    return places.resume(((await answer.json()) as { series: Row[] }).series);
  });
  const row = rows.then(firstOf);
  const seen = row.then((each) => each && glance(root, base, each)).catch(() => undefined);
  await Promise.race([seen, new Promise((done) => setTimeout(done, LONGEST))]);
  const first = row.then((each) => (each ? metadataOf(base, each) : []));
  // What goes wrong here is said by the large part, which waits for the same.
  first.catch(() => undefined);
  const large = await import("./viewer/app").catch(() => undefined);
  if (large) await large.mount(root, { rows, first, places });
  else root.append(make("p", "viewer-note", wordsOf(root)("failed"))); // the link broke, or the site was renewed
}

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    void open(target as HTMLElement);
  }
});

document.querySelectorAll<HTMLElement>("[data-viewer]").forEach((root) => watcher.observe(root));
