/** Sending without a connection: said on the page, where what was written stays. */
import { make } from "../shared/dom";

const PATIENCE = 5000; // ms for an answer that shows that there is a connection

const reachable = new WeakSet<HTMLFormElement>();

/** Whether there is a reason to ask first: the device says so, or the last save has not arrived. */
function doubtful(form: HTMLFormElement): boolean {
  return !navigator.onLine || form.dataset.autosaveState === "failed";
}

async function answers(): Promise<boolean> {
  try {
    await fetch("/health/", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    return true;
  } catch {
    return false;
  }
}

function say(form: HTMLFormElement, button: HTMLElement | null): void {
  const place = make("div", "notice stop");
  place.setAttribute("role", "alert");
  place.dataset.noConnection = "";
  place.append(make("p", "", document.body.dataset.noConnection ?? ""));
  const before = button?.closest(".actions") ?? button;
  if (before) before.before(place);
  else form.append(place);
  place.scrollIntoView({ block: "nearest" });
}

async function send(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  form.querySelector("[data-no-connection]")?.remove();
  if (!(await answers())) {
    say(form, button);
    return;
  }
  reachable.add(form);
  form.requestSubmit(button);
  reachable.delete(form);
}

export function startOffline(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.method !== "post" || reachable.has(form) || !doubtful(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void send(form, event.submitter);
    },
    true,
  );
  addEventListener("online", () => {
    document.querySelectorAll("[data-no-connection]:not(body)").forEach((place) => place.remove());
  });
}
