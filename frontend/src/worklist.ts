/** The worklist keeps itself fresh, remembers what is ticked, and ticks by a key. */
const EVERY = 15_000; // ms
const root = document.querySelector<HTMLElement>("[data-worklist]");
const news = document.querySelector<HTMLElement>("[data-list-news]");
let tag = "";
let from = new Date();

function ticks(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>('#worklist-rows input[name="case"]')];
}

function tell(): void {
  const place = document.querySelector<HTMLElement>("[data-chosen]");
  const count = ticks().filter((tick) => tick.checked).length;
  if (place) place.textContent = count ? `(${count})` : `(${place.dataset.none ?? ""})`;
}

/** Put the fresh views and rows in the place of the old ones; ticks, focus and the row stay. */
function swap(text: string): void {
  const made = new DOMParser().parseFromString(text, "text/html");
  const ticked = new Set(ticks().filter((tick) => tick.checked).map((tick) => tick.value));
  const current = document.querySelector<HTMLElement>("[data-row][data-current]")?.dataset.row;
  const focused = document.activeElement?.closest<HTMLElement>("[data-row]")?.dataset.row;
  const onTick = document.activeElement?.matches('input[name="case"]') ?? false;
  for (const id of ["worklist-views", "worklist-rows"]) {
    const fresh = made.getElementById(id);
    const old = document.getElementById(id);
    if (fresh && old && !(id === "worklist-views" && old.contains(document.activeElement))) {
      old.replaceWith(document.adoptNode(fresh));
    }
  }
  ticks().forEach((tick) => (tick.checked = ticked.has(tick.value)));
  const row = (name?: string) =>
    name ? document.querySelector<HTMLElement>(`[data-row="${CSS.escape(name)}"]`) : null;
  row(current)?.toggleAttribute("data-current", true);
  const again = row(focused);
  if (again && onTick) again.querySelector<HTMLElement>('input[name="case"]')?.focus();
  else if (again && focused === current) {
    again.tabIndex = -1;
    again.focus({ preventScroll: true });
  }
  const count = document.querySelector<HTMLElement>("h1 [data-count]");
  if (count) count.textContent = document.getElementById("worklist-rows")?.dataset.count ?? "";
  tell();
}

async function refresh(place: HTMLElement): Promise<void> {
  const answer = await fetch(place.dataset.worklist ?? "", {
    headers: tag ? { "If-None-Match": tag } : {},
    cache: "no-store",
  });
  if (answer.status !== 304) {
    if (!answer.ok) throw new Error(String(answer.status));
    tag = answer.headers.get("ETag") ?? "";
    swap(await answer.text());
  }
  from = new Date();
  if (news) news.hidden = true;
}

function stale(place: HTMLElement): void {
  if (!news) return;
  const time = from.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  news.textContent = (place.dataset.stale ?? "").replace("{time}", time);
  news.hidden = false;
}

if (root) {
  tell();
  document.addEventListener("change", (event) => {
    if ((event.target as Element).matches('input[name="case"]')) tell();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (target.matches("input:not([type=checkbox]),textarea,select")) return;
    const tick = document.querySelector<HTMLInputElement>(
      '[data-row][data-current] input[name="case"]',
    );
    if (!tick) return;
    tick.checked = !tick.checked;
    tell();
    event.preventDefault();
  });
  setInterval(() => {
    if (document.visibilityState === "visible") void refresh(root).catch(() => stale(root));
  }, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void refresh(root).catch(() => stale(root));
  });
}
