/** The viewer's door: the large part is loaded only when the viewer comes into sight. */
import "./viewer.css";

const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    void import("./viewer/pane").then(({ mount }) => mount(target as HTMLElement));
  }
});

document.querySelectorAll<HTMLElement>("[data-viewer]").forEach((root) => watcher.observe(root));
