/** The worklist's keys: j k move, enter opens, / searches, ? shows the keys. */
function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row]")].filter(
    (row) => row.offsetParent !== null,
  );
}

function busyTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement;
  return (
    element?.matches?.("input,textarea,select,[data-viewer] *") || element?.isContentEditable === true
  );
}

function move(step: number): void {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.hasAttribute("data-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  all.forEach((row) => row.toggleAttribute("data-current", row === next));
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function open(): boolean {
  const row = document.activeElement?.closest<HTMLElement>("[data-row]");
  if (!row || document.activeElement !== row) return false;
  const link = row.matches("a")
    ? (row as HTMLAnchorElement)
    : (row.querySelector<HTMLAnchorElement>("a[data-open]") ?? row.querySelector("a"));
  link?.click();
  return link !== null;
}

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const help = document.querySelector<HTMLDialogElement>("dialog[data-keys-help]");
    if (event.key === "?" && help && !busyTyping(event.target)) {
      if (help.open) help.close();
      else help.showModal();
      event.preventDefault();
      return;
    }
    if (busyTyping(event.target) || document.querySelector("dialog[open]")) return;
    const search = document.querySelector<HTMLInputElement>("[data-search]");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter") {
      if (!open()) return;
    } else if (event.key === "/" && search) {
      search.focus();
      search.select?.();
    } else return;
    event.preventDefault();
  });
}
