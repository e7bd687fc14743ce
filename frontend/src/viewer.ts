/** The viewer's door: the large part is loaded only when the viewer comes into sight. */
import "./viewer.css";
import { largest, metadataOf, type Row } from "./viewer/series";

/** The list of series and the first one's headers travel while the large part does. */
function open(root: HTMLElement): void {
  const summary = root.dataset.summaryUrl ?? "";
  const rows = fetch(summary, { credentials: "same-origin" }).then(async (answer) => {
    if (!answer.ok) throw new Error(`summary: ${answer.status}`);
    return ((await answer.json()) as { series: Row[] }).series;
  });
  const first = rows.then((all) => {
    const row = largest(all);
    return row ? metadataOf(summary.replace(/\/summary$/, ""), row) : [];
  });
  first.catch(() => undefined); // said where it is awaited
  void import("./viewer/app").then(({ mount }) => mount(root, { rows, first }));
}

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    open(target as HTMLElement);
  }
});

document.querySelectorAll<HTMLElement>("[data-viewer]").forEach((root) => watcher.observe(root));
